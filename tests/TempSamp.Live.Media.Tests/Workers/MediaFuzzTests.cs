using TempSamp.Live.Benchmarks;

namespace TempSamp.Live.Media.Tests;

public sealed class MediaFuzzTests
{
    [Fact]
    public async Task Damaged_openings_never_crash_hang_or_open_another_file()
    {
        var report = await MediaFuzzRun.RunAsync(cases: 600, seed: 1, keep: null, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Empty(report.Failures);
        Assert.InRange(report.Read, 1, report.Cases - 1);
        Assert.InRange(report.Refused, 1, report.Cases - 1);
    }
}
