using TempSamp.Live.Benchmarks;

namespace TempSamp.Live.Media.Tests;

public sealed class PlaylistFuzzTests
{
    [Fact]
    public void Thousands_of_nearly_right_playlists_give_a_list_or_a_clear_error()
    {
        var report = PlaylistFuzz.Run(cases: 5000, seed: 1, TimeProvider.System);

        Assert.Empty(report.Failures);
        Assert.InRange(report.Read, 500, 4500); // both ways are taken
    }
}
