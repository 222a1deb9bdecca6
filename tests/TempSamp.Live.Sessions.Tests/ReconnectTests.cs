using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions.Tests;

/// <summary>A lost source that comes back goes on in the same session.</summary>
public class ReconnectTests
{
    private static readonly StreamException _dropped = new("rtmp://host: closed", "dropped");
    private static readonly SessionOptions _options = new() { FrameQueue = 1000 };

    [Fact]
    public async Task A_short_drop_leaves_a_gap_in_one_session()
    {
        var world = new SessionFixture(("goal", 12, 16), ("goal", 50, 54)) { Options = _options };
        world.Source.Add(SessionFixture.Url, new FakeStream(30, _dropped), new FakeStream(40, StartsAt: 35));
        var session = world.Session();
        Assert.Equal(SessionEnd.Ended, await session.RunAsync(default));

        Assert.StartsWith("online detected", world.Events.Story, StringComparison.Ordinal);
        Assert.Single(world.Events.All.OfType<StreamOnline>());
        var offline = world.Events.All.OfType<StreamOffline>().Single();
        Assert.Equal((70.0, 5.0, 1), (offline.Timeline!.Media.TotalSeconds, Math.Round(offline.Timeline.Gaps.TotalSeconds, 3), offline.Timeline.GapCount));
        Assert.Equal([TimeRange.FromSeconds(12, 16), TimeRange.FromSeconds(50, 54)], world.Events.All.OfType<ClipReady>().Select(ready => ready.Clip.Plan.Moment.Span));
        var gap = Assert.Single(session.Tape.Notes, note => note.Kind == "gap");
        Assert.Equal((30.0, 5.0), (gap.At.Seconds, Math.Round(gap.Length.Seconds, 3)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_source_that_counts_what_is_missing_goes_on_there_and_not_by_the_clock(int missing)
    {
        var world = new SessionFixture() { Options = _options };
        world.Source.Add(SessionFixture.Url,
            new FakeStream(30, _dropped, Bookmark: "segment 7"), new FakeStream(0, _dropped, StartsAt: 4, Missing: missing), new FakeStream(10, StartsAt: 5, Missing: missing));
        var session = world.Session();
        var run = session.RunAsync(default);
        await world.PassTime("the session to end", () => run.IsCompleted);

        Assert.Equal(SessionEnd.Ended, await run);
        Assert.Equal(["segment 7", "segment 7"], world.Source.Bookmarks);
        var account = session.Timeline!;
        Assert.Equal((40.0, missing, missing > 0 ? 1 : 0), (Math.Round(account.Media.TotalSeconds, 3), (int)Math.Round(account.Gaps.TotalSeconds, 3), account.GapCount));
    }

    [Fact]
    public async Task A_source_that_dates_itself_goes_on_at_its_date_and_what_it_overlaps_is_made_up_for()
    {
        var world = new SessionFixture() { Options = _options };
        var parts = Enumerable.Range(1, 9).Select(i => new FakeStream(10, _dropped, DatedAt: (i * 10) - (i % 2 == 1 ? 0.4 : 0)));
        world.Source.Add(SessionFixture.Url, [new FakeStream(10, _dropped, DatedAt: 0), .. parts, new FakeStream(10, DatedAt: 105)]);
        var session = world.Session();
        var run = session.RunAsync(default);
        await world.PassTime("the session to end", () => run.IsCompleted);

        Assert.Equal(SessionEnd.Ended, await run);
        Assert.Equal(115, session.Timeline!.Total.TotalSeconds, 2);
        Assert.Equal(0, session.Timeline.Drift!.Value.TotalSeconds, 2);
    }

    [Fact]
    public async Task A_source_that_comes_back_with_its_tracks_in_another_order_and_format_keeps_them_apart()
    {
        var world = new SessionFixture() { Options = _options };
        world.Source.Add(SessionFixture.Url, new FakeStream(30, _dropped), new FakeStream(20, StartsAt: 35, IsChanged: true));
        var session = world.Session();
        Assert.Equal(SessionEnd.Ended, await session.RunAsync(default));

        var note = Assert.Single(session.Tape.Notes, note => note.Kind == "format");
        Assert.Contains("h264 320x360 on track 0", note.Text, StringComparison.Ordinal);
        Assert.Equal(35.0, note.At.Seconds, 3);
        Assert.Equal(50.0, session.Timeline!.Media.TotalSeconds, 3);
        var slice = await session.Tape.SliceAsync(TimeRange.FromSeconds(40, 41), default);
        Assert.Equal([(0, TrackKind.Video, 320), (1, TrackKind.Audio, 0)], slice.Tracks.Select(track => (track.Index, track.Kind, track.Width)));
    }

    [Fact]
    public async Task A_moment_on_either_side_of_a_gap_is_two_moments()
    {
        var world = new SessionFixture(("goal", 26, 44)) { Options = _options };
        world.Source.Add(SessionFixture.Url, new FakeStream(30, _dropped), new FakeStream(40, StartsAt: 35));
        await world.Session().RunAsync(default);

        AssertSplit(world, TimeRange.FromSeconds(30, 35));
    }

    [Fact]
    public async Task A_source_that_stays_away_ends_its_session_when_the_outage_is_over()
    {
        var world = new SessionFixture(("goal", 12, 16)) { Options = _options };
        world.Source.Add(SessionFixture.Url, new FakeStream(30, _dropped), new StreamException("rtmp://host: refused", "refused"));
        var session = world.Session();
        var run = session.RunAsync(default);
        WaitForLoss(() => session.Lost is not null);
        await world.PassTime("the session to end", () => run.IsCompleted);

        Assert.Equal("dropped", (await run).Reason);
        Assert.Equal("online detected ready offline:dropped", world.Events.Story);
        Assert.InRange(world.Source.Opened.Count, 3, 40);   // again and again; how often depends on how many steps of the clock pass between two tries
    }

    [Fact]
    public async Task While_the_source_is_away_moments_settle_and_their_clips_are_cut_from_what_there_is()
    {
        var world = new SessionFixture(("goal", 20, 29.8)) { Options = _options with { Outage = TimeSpan.FromHours(1) } };
        world.Source.Add(SessionFixture.Url, new FakeStream(30, _dropped), new StreamException("rtmp://host: refused", "refused"));
        using var stop = new CancellationTokenSource();
        var supervisor = world.Supervisor();
        var run = supervisor.RunAsync(stop.Token);
        WaitForLoss(() => supervisor.Status([]).State == SessionState.Interrupted);
        Assert.DoesNotContain(world.Events.All, happened => happened is ClipReady);
        world.Time.Advance(_options.BridgeGap);
        await world.Events.Until<ClipReady>("the clip");

        Assert.Equal((SessionState.Interrupted, 1), (supervisor.Status([]).State, supervisor.Status([]).Sessions));
        await stop.CancelAsync();
        await run;
        Assert.Equal("online detected ready offline:stopped", world.Events.Story);
    }

    [Fact]
    public async Task A_gap_inside_one_input_is_not_looked_at_through_held_frames()
    {
        var world = new SessionFixture(("goal", 26, 44)) { Options = _options };
        world.Source.Add(SessionFixture.Url, new FakeStream(60, Hole: TimeRange.FromSeconds(30, 36)));
        await world.Session().RunAsync(default);

        AssertSplit(world, TimeRange.FromSeconds(30, 36));
    }

    [Fact]
    public async Task A_short_hole_is_looked_across()
    {
        var world = new SessionFixture(("goal", 26, 34)) { Options = _options };
        world.Source.Add(SessionFixture.Url, new FakeStream(60, Hole: TimeRange.FromSeconds(30, 31.5)));
        await world.Session().RunAsync(default);

        Assert.Equal(TimeRange.FromSeconds(26, 34), world.Events.All.OfType<ClipReady>().Single().Clip.Plan.Moment.Span);
    }

    [Fact]
    public async Task A_recording_that_breaks_is_not_read_again_from_its_start()
    {
        var world = new SessionFixture() { Options = _options };
        world.Source.Add(SessionFixture.Url, new FakeStream(30, _dropped, IsRecording: true));
        Assert.Equal("dropped", (await world.Session().RunAsync(default)).Reason);
        Assert.Single(world.Source.Opened);
    }

    private static void AssertSplit(SessionFixture world, TimeRange gap)
    {
        var spans = world.Events.All.OfType<ClipReady>().Select(ready => ready.Clip.Plan.Moment.Span).ToList();
        Assert.Equal(2, spans.Count);
        Assert.True(spans[0].End <= gap.Start && spans[1].Start >= gap.End, string.Join(", ", spans));
    }

    private static void WaitForLoss(Func<bool> isLost)
    {
        Assert.True(SpinWait.SpinUntil(isLost, TimeSpan.FromMinutes(1)), "the source was not lost");
    }
}
