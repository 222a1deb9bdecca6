using System.Text.Json;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host.Tests;

public class DemoPrinterTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DemoCost Cost = new(0.25, 400L << 20);

    private static readonly DemoReport Report = DemoReport.Match(
        [new("goal", TimeRange.FromSeconds(10, 14)), new("card", TimeRange.FromSeconds(20, 24))],
        [
            new("c1", "goal", TimeRange.FromSeconds(10, 15), "/clips/c1.mp4", Start, Start.AddSeconds(18.5)),
            new("c2", "corner", TimeRange.FromSeconds(30, 32), "/clips/c2.mp4", Start, Start.AddSeconds(36)),
        ]);

    [Fact]
    public void The_table_shows_truth_span_overlap_delay_and_clip_and_sums_up()
    {
        using var output = new StringWriter();

        DemoPrinter.Table(output, Report, Cost, "/demo");

        Assert.Matches(@"goal +10\.000s-14\.000s +10\.000s-15\.000s +0\.80 +4\.5 s +/clips/c1\.mp4", output.ToString());
        Assert.Matches(@"card +20\.000s-24\.000s +- +- +- +-", output.ToString());
        Assert.Contains("matches no event: corner at 30.000s-32.000s, /clips/c2.mp4", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 of 2 events matched (IoU >= 0.5), 1 clips match none; 0.25 CPU seconds per stream second, peak memory 400 MiB", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_document_holds_the_same_numbers()
    {
        using var output = new StringWriter();

        DemoPrinter.Document(output, Report, Cost, "/demo");

        var document = JsonDocument.Parse(output.ToString()).RootElement;
        Assert.False(document.GetProperty("passed").GetBoolean());
        Assert.Equal((2, 1, 1), (document.GetProperty("events").GetInt32(), document.GetProperty("matched").GetInt32(), document.GetProperty("unmatchedClips").GetInt32()));
        var row = document.GetProperty("rows")[0];
        Assert.Equal(15000, row.GetProperty("found").GetProperty("endMs").GetInt64());
        Assert.Equal(4.5, row.GetProperty("eventEndToReadySeconds").GetDouble());
    }
}
