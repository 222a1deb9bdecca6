using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions.Tests;

public class StreamSessionTests
{
    [Fact]
    public async Task Moment_seen_in_two_windows_becomes_one_clip()
    {
        var world = new SessionFixture(("goal", 12, 16));
        world.Source.Add(SessionFixture.Url, new FakeStream(60));
        await world.Session().RunAsync(default);
        Assert.Equal("online detected ready offline:ended", world.Events.Story);
        var plan = world.Events.All.OfType<ClipReady>().Single().Clip.Plan;
        Assert.Equal(TimeRange.FromSeconds(12, 16), plan.Moment.Span);
        Assert.Equal(TimeRange.FromSeconds(11.5, 16.5), plan.Range);
        Assert.Equal("match-20260101T120000000Z", plan.SessionId);
    }

    [Fact]
    public async Task A_stream_that_ends_publishes_offline_and_its_last_clips()
    {
        var world = new SessionFixture(("goal", 25, 30));
        world.Source.Add(SessionFixture.Url, new FakeStream(30));
        Assert.Equal(SessionEnd.Ended, await world.Session().RunAsync(default));
        Assert.Equal("online detected ready offline:ended", world.Events.Story);
    }

    [Fact]
    public async Task A_stream_that_breaks_still_finishes_its_clips_and_says_why_it_is_offline()
    {
        var world = new SessionFixture(("goal", 20, 24));
        world.Source.Add(SessionFixture.Url, new FakeStream(30, new StreamException("rtmp://host: timed out", "timeout")));
        var end = await world.Session().RunAsync(default);
        Assert.Equal(new SessionEnd("timeout", "rtmp://host: timed out"), end);
        Assert.Equal("online detected ready offline:timeout", world.Events.Story);
    }

    [Fact]
    public async Task A_stream_that_cannot_be_opened_publishes_nothing()
    {
        var world = new SessionFixture();
        world.Source.Add(SessionFixture.Url, new StreamException("rtmp://host: refused", "refused"));
        Assert.Equal("refused", (await world.Session().RunAsync(default)).Reason);
        Assert.Empty(world.Events.All);
    }

    [Fact]
    public async Task A_full_disk_fails_the_clip_and_the_stream_goes_on()
    {
        var world = new SessionFixture(("goal", 12, 16), ("goal", 45, 50));
        world.Delivery.Refuse.Enqueue(new ClipException("no space left; free some", "disk-full"));
        world.Source.Add(SessionFixture.Url, new FakeStream(80));
        await world.Session().RunAsync(default);
        Assert.Equal(["disk-full"], world.Events.All.OfType<ClipFailed>().Select(failed => failed.Reason));
        Assert.Equal(TimeRange.FromSeconds(45, 50), world.Events.All.OfType<ClipReady>().Single().Clip.Plan.Moment.Span);
        Assert.Equal((1, 1), (world.Meter.Counts.Failed, world.Meter.Counts.Ready));
    }

    [Fact]
    public async Task A_cutter_that_throws_something_unexpected_costs_one_clip()
    {
        var world = new SessionFixture(("goal", 12, 16));
        world.Cutter.Cut = (_, _) => throw new DivideByZeroException();
        world.Source.Add(SessionFixture.Url, new FakeStream(60));
        Assert.Equal(SessionEnd.Ended, await world.Session().RunAsync(default));
        Assert.Equal("online detected failed:fault offline:ended", world.Events.Story);
    }

    [Fact]
    public async Task Stopping_finishes_the_clips_that_were_detected()
    {
        var world = new SessionFixture(("goal", 12, 16));
        var cut = new TaskCompletionSource();
        world.Cutter.Cut = (_, _) => cut.Task;
        world.Source.Add(SessionFixture.Url, new FakeStream(60, IsEndless: true));
        using var stop = new CancellationTokenSource();
        var run = world.Session().RunAsync(stop.Token);
        await world.Events.Until<ClipDetected>("the goal to be detected");
        await stop.CancelAsync();
        cut.SetResult();
        Assert.Equal(SessionEnd.Stopped, await run);
        Assert.Equal("online detected ready offline:stopped", world.Events.Story);
    }

    [Fact]
    public async Task Stopping_clips_a_moment_whose_padding_never_arrived()
    {
        var world = new SessionFixture(("goal", 12, 19.5));
        world.Source.Add(SessionFixture.Url, new FakeStream(20, IsEndless: true));
        using var stop = new CancellationTokenSource();
        var run = world.Session().RunAsync(stop.Token);
        await world.Events.Until<StreamOnline>("the stream to be online");
        Assert.True(SpinWait.SpinUntil(() => world.Meter.Counts.Frames == 40, TimeSpan.FromMinutes(1)));
        await stop.CancelAsync();
        await run;
        Assert.Equal("online detected ready offline:stopped", world.Events.Story);
    }

    [Fact]
    public async Task Clips_that_outlast_the_drain_time_are_failed_not_forgotten()
    {
        var world = new SessionFixture(("goal", 12, 16), ("card", 20, 24));
        world.Cutter.Cut = (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, world.Time, cancel);
        world.Source.Add(SessionFixture.Url, new FakeStream(60, IsEndless: true));
        using var stop = new CancellationTokenSource();
        var run = world.Session().RunAsync(stop.Token);
        await world.Events.Until<ClipDetected>("the goal to be detected");
        await stop.CancelAsync();
        Assert.False(run.IsCompleted);
        world.Time.Advance(world.Options.DrainTime);
        Assert.Equal(SessionEnd.Stopped, await run);
        Assert.Equal("online detected failed:stopped offline:stopped", world.Events.Story);
    }

    [Fact]
    public async Task A_model_that_fails_ends_the_session_with_its_reason()
    {
        var world = new SessionFixture { Finder = new() { Fault = new InvalidDataException("weights are damaged") } };
        world.Source.Add(SessionFixture.Url, new FakeStream(60, IsEndless: true));
        Assert.Equal(new SessionEnd("finder", "weights are damaged"), await world.Session().RunAsync(default));
        Assert.Equal("online offline:finder", world.Events.Story);
    }

    [Fact]
    public async Task A_journal_that_refuses_is_asked_again_until_it_takes_the_event()
    {
        var world = new SessionFixture(("goal", 12, 16));
        world.Events.Refuse.Enqueue(new IOException("no space left"));
        world.Events.Refuse.Enqueue(new IOException("no space left"));
        world.Source.Add(SessionFixture.Url, new FakeStream(60));
        var run = world.Session().RunAsync(default);
        Assert.Empty(world.Events.All);
        await world.PassTime("the session to end", () => run.IsCompleted);
        await run;
        Assert.Equal("online detected ready offline:ended", world.Events.Story);
    }

    [Fact]
    public async Task Frames_that_come_faster_than_the_model_are_dropped_and_counted()
    {
        var world = new SessionFixture { Options = new() { FrameQueue = 4 } };
        world.Source.Add(SessionFixture.Url, new FakeStream(60));
        await world.Session().RunAsync(default);
        Assert.Equal(120, world.Meter.Counts.Frames + world.Meter.Counts.DroppedFrames);
        Assert.True(world.Meter.Counts.DroppedFrames > 0);
    }

    [Fact]
    public async Task Latency_counts_from_the_arrival_of_the_last_frame()
    {
        var world = new SessionFixture(("goal", 12, 16));
        world.Source.Add(SessionFixture.Url, new FakeStream(60));
        await world.Session().RunAsync(default);
        Assert.Equal(TimeSpan.Zero, world.Events.All.OfType<ClipDetected>().Single().OutPointToDetected);
    }

    [Fact]
    public async Task Offline_waits_for_a_clip_on_its_way_to_the_store()
    {
        var world = new SessionFixture(("goal", 12, 16));
        var arrives = new TaskCompletionSource();
        world.Delivery.Arrive = () => arrives.Task;
        world.Source.Add(SessionFixture.Url, new FakeStream(60));
        var run = world.Session().RunAsync(default);
        await world.Events.Until<ClipDetected>("the goal");
        arrives.SetResult();
        await run;
        Assert.Equal("online detected ready offline:ended", world.Events.Story);
    }

    [Fact]
    public async Task A_store_that_is_away_keeps_a_stream_from_ending_for_the_drain_time_only()
    {
        var world = new SessionFixture(("goal", 12, 16));
        world.Delivery.Arrive = () => new TaskCompletionSource().Task;
        world.Source.Add(SessionFixture.Url, new FakeStream(60));
        var run = world.Session().RunAsync(default);
        await world.PassTime("the end of the session", () => run.IsCompleted);
        Assert.Equal("online detected offline:ended", world.Events.Story);
    }

    [Theory]
    [InlineData(0, "no-input")]
    [InlineData(3, "below-threshold")]
    public async Task No_clip_has_a_cause(double seconds, string cause)
    {
        var world = new SessionFixture();
        world.Source.Add(SessionFixture.Url, new FakeStream(seconds));
        await world.Session().RunAsync(default);
        Assert.Equal(cause, world.Meter.Counts.NoClipBecause);
        Assert.Equal(world.Meter.Counts.Verdicts, world.Meter.RecentVerdicts.Count);
    }

    [Fact]
    public async Task Every_verdict_and_every_decision_goes_on_record()
    {
        var world = new SessionFixture(("goal", 12, 16));
        world.Source.Add(SessionFixture.Url, new FakeStream(60));
        await world.Session().RunAsync(default);
        var verdicts = world.Verdicts.All.SelectMany(hop => hop.Verdicts).ToArray();
        Assert.Equal(world.Meter.Counts.Verdicts, verdicts.Length);
        Assert.Contains(verdicts, v => v.Outcome == VerdictOutcome.FirstSighting);
        Assert.Contains(verdicts, v => v.Outcome == VerdictOutcome.BelowThreshold);
        Assert.Equal(CandidateEnd.Moment, Assert.Single(world.Verdicts.All.SelectMany(hop => hop.Candidates)).End);
        Assert.All(world.Verdicts.All, hop => Assert.Equal(("match", "fake", "goal"), (hop.Session.StreamId, hop.Model.Id, hop.Queries[0].Id)));
    }
}
