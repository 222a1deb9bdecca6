using TempSamp.Live.Core;

namespace TempSamp.Live.Host.Tests;

public class DemoReportTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_event_gets_the_clip_that_overlaps_it_best()
    {
        var report = DemoReport.Match([Truth("goal", 10, 14)], [Clip("a", "goal", 9, 12), Clip("b", "goal", 10, 14)]);

        Assert.Equal("b", Assert.Single(report.Rows).Clip!.ClipId);
        Assert.Equal(["a"], report.Unmatched.Select(clip => clip.ClipId));
    }

    [Fact]
    public void A_clip_of_another_query_is_no_match()
    {
        var report = DemoReport.Match([Truth("goal", 10, 14)], [Clip("a", "card", 10, 14)]);

        Assert.False(Assert.Single(report.Rows).Matched);
        Assert.Single(report.Unmatched);
    }

    [Fact]
    public void A_clip_with_too_little_overlap_is_shown_and_counts_as_unmatched()
    {
        var report = DemoReport.Match([Truth("goal", 10, 14)], [Clip("a", "goal", 13, 17)]);

        Assert.Equal(1 / 7.0, Assert.Single(report.Rows).IoU, 6);
        Assert.Equal(0, report.Matched);
        Assert.Single(report.Unmatched);
    }

    [Fact]
    public void Latency_runs_from_the_true_end_to_ready()
    {
        var report = DemoReport.Match([Truth("goal", 10, 14)], [Clip("a", "goal", 10, 14) with { ReadyAt = Start.AddSeconds(20.5) }]);

        Assert.Equal(TimeSpan.FromSeconds(6.5), report.Rows[0].EventEndToReady);
    }

    [Theory]
    [InlineData(7, 3, 2, true)]
    [InlineData(6, 4, 0, false)]
    [InlineData(10, 0, 3, false)]
    [InlineData(0, 0, 0, false)]
    public void Seven_in_ten_and_at_most_two_strays_pass(int found, int missed, int strays, bool passed)
    {
        var truths = Enumerable.Range(0, found + missed).Select(n => Truth("goal", n * 10, n * 10 + 4)).ToList();
        var clips = Enumerable.Range(0, found).Select(n => Clip($"c{n}", "goal", n * 10, n * 10 + 4))
            .Concat(Enumerable.Range(0, strays).Select(n => Clip($"s{n}", "goal", n * 10 + 6, n * 10 + 8))).ToList();

        Assert.Equal(passed, DemoReport.Match(truths, clips).Passed);
    }

    private static DemoTruth Truth(string query, double start, double end) => new(query, TimeRange.FromSeconds(start, end));

    private static DemoClip Clip(string id, string query, double start, double end) =>
        new(id, query, TimeRange.FromSeconds(start, end), $"/clips/{id}.mp4", Start, Start.AddSeconds(end + 5));
}
