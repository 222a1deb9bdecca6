using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions.Tests;

public class SupervisionTests
{
    private static readonly StreamException _timeout = new("rtmp://host: timed out", "timeout");

    [Fact]
    public async Task A_broken_stream_is_tried_again_and_comes_back()
    {
        var world = new SessionFixture(("goal", 12, 16));
        world.Source.Add(SessionFixture.Url, _timeout, new FakeStream(40, IsEndless: true));
        using var stop = new CancellationTokenSource();
        var supervisor = world.Supervisor();
        var run = supervisor.RunAsync(stop.Token);
        var waiting = supervisor.Status([]);
        Assert.Equal((SessionState.Waiting, "timeout"), (waiting.State, waiting.LastEnd!.Reason));
        Assert.InRange(waiting.NextAttemptAt!.Value - world.Time.GetUtcNow(), TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(1.2));

        world.Time.Advance(TimeSpan.FromSeconds(2));
        await world.Events.Until<ClipReady>("the clip of the second attempt");
        Assert.Equal((SessionState.Online, 1), (supervisor.Status([]).State, supervisor.Status([]).Sessions));
        await stop.CancelAsync();
        await run;
        Assert.Equal(SessionState.Ended, supervisor.Status([]).State);
    }

    [Fact]
    public void Waits_double_up_to_the_most_and_hopeless_ones_are_long()
    {
        var world = new SessionFixture { Options = new() { RetryMost = TimeSpan.FromSeconds(30) } };
        var retry = new RetryPolicy(world.Options, new Random(1));
        var waits = Enumerable.Range(1, 40).Select(failures => retry.DelayAfter(world.Plan, "unreachable", failures)!.Value.TotalSeconds).ToList();
        Assert.All(waits.Zip(Enumerable.Range(0, 40)), wait => Assert.InRange(wait.First, Math.Min(30, 0.8 * Math.Pow(2, wait.Second)) - 6, Math.Min(30, 1.2 * Math.Pow(2, wait.Second))));
        Assert.True(waits.Distinct().Count() > 4);
        Assert.All(new[] { "forbidden", "invalid", "quarantined" }, reason => Assert.InRange(retry.DelayAfter(world.Plan, reason, 1)!.Value, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6)));
    }

    [Theory]
    [InlineData("match.mp4", "ended", false)]
    [InlineData("file:///match.mp4", "ended", false)]
    [InlineData("listen:key", "ended", true)]
    [InlineData("rtmp://host/live/key", "ended", true)]
    [InlineData("rtmp://host/live/key", "stopped", false)]
    public void Files_play_once_and_live_streams_come_back(string url, string reason, bool isTriedAgain)
    {
        var world = new SessionFixture();
        Assert.Equal(isTriedAgain, new RetryPolicy(world.Options, new Random(1)).DelayAfter(world.Plan with { Url = url }, reason, 1) is not null);
    }

    [Fact]
    public async Task A_source_that_throws_something_unexpected_is_tried_again_too()
    {
        var world = new SessionFixture();
        world.Source.Add(SessionFixture.Url, new DivideByZeroException("oops"));
        using var stop = new CancellationTokenSource();
        var supervisor = world.Supervisor();
        var run = supervisor.RunAsync(stop.Token);
        Assert.Equal(new SessionEnd("fault", "oops"), supervisor.Status([]).LastEnd);
        await world.PassTime("the third attempt", () => world.Source.Opened.Count >= 3);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task One_broken_stream_leaves_others_running()
    {
        var world = new SessionFixture(("goal", 12, 16));
        world.Source.Add("rtmp://bad/live/key", _timeout);
        world.Source.Add("rtmp://good/live/key", new FakeStream(60, IsEndless: true));
        await using var registry = world.Registry();
        await registry.ApplyAsync([SessionFixture.Spec with { Id = "bad", Url = "rtmp://bad/live/key" }, SessionFixture.Spec with { Id = "good", Url = "rtmp://good/live/key" }, SessionFixture.Spec with { Id = "wrong", Url = "gopher://x" }], default);
        await world.Events.Until<ClipReady>("the good stream's clip", ready => ready.StreamId == "good");
        Assert.Equal(SessionState.Online, registry.Status("good")!.State);
        Assert.Equal(SessionState.Invalid, registry.Status("wrong")!.State);
        Assert.Contains("gopher", Assert.Single(registry.Status("wrong")!.Errors));
        Assert.Equal(["bad", "good", "wrong"], registry.Status().Select(status => status.StreamId));
    }

    [Fact]
    public async Task Applying_a_new_set_starts_stops_and_replaces_and_leaves_the_unchanged_alone()
    {
        var world = new SessionFixture();
        foreach (var name in new[] { "a", "b", "c", "b2" }) world.Source.Add($"rtmp://{name}/live/key", new FakeStream(4, IsEndless: true));
        StreamSpec Of(string id, string host) => new(id, $"rtmp://{host}/live/key", [SessionFixture.Goal with { }]);
        await using var registry = world.Registry();
        await registry.ApplyAsync([Of("a", "a"), Of("b", "b")], default);
        await world.Events.Until<StreamOnline>("a", online => online.StreamId == "a");
        await world.Events.Until<StreamOnline>("b", online => online.StreamId == "b");

        await registry.ApplyAsync([Of("a", "a"), Of("b", "b2"), Of("c", "c")], default);
        await world.Events.Until<StreamOnline>("c", online => online.StreamId == "c");
        Assert.Equal(["b"], world.Events.All.OfType<StreamOffline>().Select(offline => offline.StreamId));
        await registry.ApplyAsync([Of("b", "b2")], default);
        Assert.Equal(["a", "b", "c"], world.Events.All.OfType<StreamOffline>().Select(offline => offline.StreamId).Order());
        Assert.Equal(["b"], registry.Status().Select(status => status.StreamId));
        Assert.Single(world.Source.Opened, "rtmp://a/live/key");
    }

    [Fact]
    public async Task A_bad_change_keeps_the_last_good_stream_running()
    {
        var world = new SessionFixture();
        world.Source.Add(SessionFixture.Url, new FakeStream(4, IsEndless: true));
        await using var registry = world.Registry();
        await registry.ApplyAsync([SessionFixture.Spec], default);
        await world.Events.Until<StreamOnline>("the stream");
        await registry.ApplyAsync([SessionFixture.Spec with { Queries = [SessionFixture.Goal with { Text = "" }] }], default);
        var status = registry.Status("match")!;
        Assert.Equal(SessionState.Online, status.State);
        Assert.Contains("text is empty", Assert.Single(status.Errors));
        await registry.ApplyAsync([SessionFixture.Spec], default);
        Assert.Empty(registry.Status("match")!.Errors);
        Assert.Single(world.Source.Opened);
    }

    [Fact]
    public async Task Two_streams_of_one_id_are_refused()
    {
        var world = new SessionFixture();
        await using var registry = world.Registry();
        await registry.ApplyAsync([SessionFixture.Spec, SessionFixture.Spec], default);
        Assert.Contains("more than one stream", Assert.Single(registry.Status("match")!.Errors));
    }

    [Fact]
    public async Task A_file_that_was_played_ends_for_good()
    {
        var world = new SessionFixture(("goal", 12, 16));
        world.Source.Add("match.mp4", new FakeStream(40));
        await using var registry = world.Registry();
        await registry.ApplyAsync([SessionFixture.Spec with { Url = "match.mp4" }], default);
        await registry.WhenAllEndedAsync(default).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(SessionState.Ended, registry.Status("match")!.State);
        Assert.Equal("online detected ready offline:ended", world.Events.Story);
    }

    [Fact]
    public void Every_bad_setting_is_named_with_its_bound()
    {
        var validator = new SessionOptionsValidator();
        Assert.True(validator.Validate(null, new()).Succeeded);
        var bad = new SessionOptions { FrameQueue = 1, Outage = TimeSpan.FromDays(1), RetryMost = TimeSpan.Zero, Tracker = new() { MinOverlap = 0 } };
        Assert.Equal(["FrameQueue", "Outage", "RetryMost", "Tracker:MinOverlap"], validator.Validate(null, bad).Failures!.Select(fault => fault["Sessions:".Length..fault.IndexOf(": ", StringComparison.Ordinal)]));
    }
}
