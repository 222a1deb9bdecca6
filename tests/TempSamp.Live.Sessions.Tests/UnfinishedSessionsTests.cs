using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions.Tests;

/// <summary>A program that was killed had announced clips: the next one answers for them.</summary>
public sealed class UnfinishedSessionsTests : IDisposable
{
    private readonly string _spill = Directory.CreateTempSubdirectory("tempsamp-tape-").FullName;

    public void Dispose() => Directory.Delete(_spill, recursive: true);

    [Fact]
    public async Task A_clip_that_was_announced_before_a_kill_is_finished_by_the_next_program()
    {
        var killed = World(("goal", 12, 16));
        killed.Cutter.Cut = (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, killed.Time, cancel);
        killed.Source.Add(SessionFixture.Url, new FakeStream(60, IsEndless: true));
        _ = killed.Session().RunAsync(default);   // never ends: as far as the folder shows, it was killed
        var announced = await killed.Events.Until<ClipDetected>("the goal");

        var world = World();
        await using var registry = world.Registry();
        await registry.ApplyAsync([], default);
        await registry.WhenUnfinishedEndedAsync();

        Assert.Equal("ready offline:interrupted", world.Events.Story);
        var ready = world.Events.All.OfType<ClipReady>().Single();
        Assert.Equal(announced.Plan.Id, ready.Clip.Plan.Id);
        Assert.Equal(announced.Plan.Moment.Span, ready.Clip.Plan.Moment.Span);
        Assert.Equal(announced.Plan.Query, ready.Clip.Plan.Query);
        Assert.Contains("58.000s of the session's tape was recovered, 1 of 1", world.Events.All.OfType<StreamOffline>().Single().Detail);
        Assert.Empty(Directory.GetFiles(_spill, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_clip_whose_tape_is_gone_is_failed_by_the_next_program()
    {
        var killed = World(("goal", 12, 16));
        killed.Cutter.Cut = (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, killed.Time, cancel);
        killed.Source.Add(SessionFixture.Url, new FakeStream(60, IsEndless: true));
        _ = killed.Session().RunAsync(default);
        await killed.Events.Until<ClipDetected>("the goal");
        foreach (var file in Directory.GetFiles(_spill, "*.tape", SearchOption.AllDirectories)) File.Delete(file);

        var world = World();
        await using var registry = world.Registry();
        await registry.ApplyAsync([], default);
        await registry.WhenUnfinishedEndedAsync();

        Assert.Equal("failed:restart offline:interrupted", world.Events.Story);
    }

    [Fact]
    public async Task A_session_that_ended_leaves_nothing_behind()
    {
        var world = World(("goal", 12, 16));
        world.Source.Add(SessionFixture.Url, new FakeStream(60));
        await world.Session().RunAsync(default);

        Assert.Equal("online detected ready offline:ended", world.Events.Story);
        Assert.Empty(Directory.GetFiles(_spill, "*", SearchOption.AllDirectories));
    }

    private SessionFixture World(params (string Query, double Start, double End)[] truth) => new(truth) { Tape = new() { SpillDirectory = _spill } };
}
