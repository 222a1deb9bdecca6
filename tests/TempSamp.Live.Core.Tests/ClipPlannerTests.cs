using CsCheck;

namespace TempSamp.Live.Core.Tests;

public class ClipPlannerTests
{
    private static readonly TimeRange _session = TimeRange.FromSeconds(0, 100);
    private static readonly ClipPolicy _policy = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20), TimeSpan.Zero);

    [Theory]
    [InlineData(10, 16, 9, 18)]     // padded
    [InlineData(10, 10.5, 8.5, 13.5)] // 9-12.5 widened to 5 s around its centre
    [InlineData(10, 60, 42, 62)]    // too long: keeps its end
    [InlineData(0, 1, 0, 5)]        // the session starts at zero
    [InlineData(99, 100, 95, 100)]  // and ends at 100
    public void A_moment_is_padded_and_limited(double start, double end, double from, double to)
    {
        var range = ClipPlanner.RangeOf(TimeRange.FromSeconds(start, end), _policy, _session);
        Assert.Equal(from, range.Start.Seconds, 0.26);
        Assert.Equal(to, range.End.Seconds, 0.26);
    }

    [Fact]
    public void A_clip_lies_in_the_session_and_keeps_to_the_limits() =>
        Gen.Select(Gen.Double[0, 100], Gen.Double[0, 100]).Where((start, end) => start < end).Sample((start, end) =>
        {
            var range = ClipPlanner.RangeOf(TimeRange.FromSeconds(start, end), _policy, _session);
            return _session.Hull(range) == _session && range.Length.Seconds is >= 5 - 1e-4 and <= 20 + 1e-4;
        });

    [Fact]
    public void The_same_moment_always_has_the_same_id_and_others_have_others()
    {
        var span = TimeRange.FromSeconds(1, 2);
        Assert.Equal("f83a90474e9b85d60001f3c6", ClipId.For("match", "match-1", "goal", span));
        string[] ids = [ClipId.For("match", "match-1", "goal", span), ClipId.For("match", "match-2", "goal", span), ClipId.For("match", "match-1", "card", span), ClipId.For("match", "match-1", "goal", TimeRange.FromSeconds(1, 3))];
        Assert.Distinct(ids);
    }

    [Fact]
    public void A_session_is_named_by_stream_and_start()
    {
        var session = SessionIdentity.Of("match-7", new DateTimeOffset(2026, 1, 1, 13, 0, 1, 40, TimeSpan.FromHours(1)), "arrival");
        Assert.Equal("match-7-20260101T120001040Z", session.SessionId);
        Assert.Equal(TimeSpan.Zero, session.StartedAt.Offset);
    }
}
