using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions.Tests;

/// <summary>Queries that are changed while their stream runs.</summary>
public class ChangedQueryTests
{
    private static readonly HighlightQuery _reworded = SessionFixture.Goal with { Text = "the ball is in the net" };
    private static readonly HighlightQuery _card = new("card", "a card is shown", 0.5, ClipPolicy.Default);

    private static StreamSpec With(params HighlightQuery[] queries) => SessionFixture.Spec with { Queries = queries };

    /// <summary>Applies a change just before the frame of a second, and lets the stream run to its end.</summary>
    private static async Task RunAsync(SessionFixture world, StreamSpec changed, double second = 20)
    {
        world.Source.Add(SessionFixture.Url, new FakeStream(60, IsEndless: true));
        await using var registry = world.Registry();
        var applied = Task.CompletedTask;
        world.Finder.Saw = frame =>
        {
            if (frame.At.Seconds == second) applied = registry.ApplyAsync([changed], default);
        };
        await registry.ApplyAsync([SessionFixture.Spec], default);
        await world.PassTime("all frames to be looked at", () => registry.Status("match")!.Counts.Frames == 120);
        await applied;
        await registry.ApplyAsync([], default);
    }

    [Fact]
    public async Task A_changed_query_is_asked_from_the_next_window_on_and_the_session_goes_on()
    {
        var world = new SessionFixture(("goal", 12, 16), ("card", 30, 34));

        await RunAsync(world, With(_card, _reworded));

        Assert.Single(world.Source.Opened);
        Assert.Equal(["goal", "card"], world.Events.All.OfType<ClipDetected>().Select(detected => detected.Plan.Query.Id));
        Assert.Single(world.Events.All.OfType<StreamOnline>());
        var hops = world.Verdicts.All.Where(hop => hop.Verdicts.Count > 0).Select(hop => (End: hop.Verdicts.Max(heard => heard.Verdict.Window.End.Seconds), hop.Queries)).ToList();
        Assert.All(hops, hop => Assert.Equal(hop.End <= 20 ? [SessionFixture.Goal] : [_card, _reworded], hop.Queries));
        Assert.Contains(hops, hop => hop.End <= 20);
        Assert.Contains(hops, hop => hop.End > 20);
    }

    [Fact]
    public async Task A_moment_that_is_being_seen_while_its_query_is_reworded_becomes_one_clip_of_the_old_form()
    {
        var world = new SessionFixture(("goal", 14, 19));

        await RunAsync(world, With(_reworded));

        var clip = Assert.Single(world.Events.All.OfType<ClipDetected>()).Plan;
        Assert.Equal((SessionFixture.Goal.Text, 14.0, 19.0), (clip.Query.Text, clip.Moment.Span.Start.Seconds, clip.Moment.Span.End.Seconds));
    }

    [Fact]
    public async Task A_moment_that_is_being_seen_while_another_query_changes_is_not_touched_by_it()
    {
        var (still, changed) = (new SessionFixture(("goal", 14, 23)), new SessionFixture(("goal", 14, 23)));

        await RunAsync(still, SessionFixture.Spec);
        await RunAsync(changed, With(SessionFixture.Goal, _card));

        static (TimeRange Span, IEnumerable<TimeRange> Windows) Clip(SessionFixture world) => Assert.Single(world.Events.All.OfType<ClipDetected>()).Plan.Moment is var moment ? (moment.Span, moment.Sightings.Select(seen => seen.Window)) : default;
        Assert.Equal(Clip(still).Span, Clip(changed).Span);
        Assert.Equal(Clip(still).Windows, Clip(changed).Windows);
        Assert.Equal("online detected ready offline:stopped", changed.Events.Story);
    }

    [Fact]
    public async Task A_change_of_policy_alone_counts_for_the_next_clip()
    {
        var world = new SessionFixture(("goal", 30, 34));
        var padded = SessionFixture.Goal with { Policy = ClipPolicy.Default with { PadBefore = TimeSpan.FromSeconds(5) } };

        await RunAsync(world, With(padded));

        Assert.Equal(25, Assert.Single(world.Events.All.OfType<ClipDetected>()).Plan.Range.Start.Seconds);
    }

    [Fact]
    public async Task Queries_that_the_model_cannot_be_asked_leave_the_old_ones_running_and_are_noted()
    {
        var world = new SessionFixture(("goal", 30, 34)) { Finder = new(("goal", 30, 34)) { RefusesChange = new InvalidOperationException("the query is too long") } };
        IReadOnlyList<StreamNote> notes = [];
        world.Source.Add(SessionFixture.Url, new FakeStream(60, IsEndless: true));
        await using (var registry = world.Registry())
        {
            world.Finder.Saw = frame =>
            {
                if (frame.At.Seconds == 20) Assert.True(registry.ApplyAsync([With(_card)], default).IsCompletedSuccessfully);
            };
            await registry.ApplyAsync([SessionFixture.Spec], default);
            await world.PassTime("the clip", () => world.Events.All.OfType<ClipReady>().Any());
            notes = registry.Status("match")!.Notes;
        }

        Assert.Equal("the query is too long", Assert.Single(notes, note => note.Kind == "queries-refused").Text);
        Assert.Equal("online detected ready offline:stopped", world.Events.Story);
    }

    [Fact]
    public async Task A_stream_whose_last_query_goes_settles_what_it_saw_and_stands_by()
    {
        var world = new SessionFixture(("goal", 12, 16), ("goal", 40, 44));

        await RunAsync(world, With());

        Assert.Equal([true, false], world.Source.Attended);
        Assert.Equal(12.0, Assert.Single(world.Events.All.OfType<ClipReady>()).Clip.Plan.Moment.Span.Start.Seconds);
        Assert.Single(world.Source.Opened);
        Assert.Equal("online detected ready offline:stopped", world.Events.Story);
    }

    [Fact]
    public async Task A_stream_that_stands_by_is_taped_and_looks_from_its_first_query_on()
    {
        var world = new SessionFixture(("goal", 10, 14), ("goal", 30, 34)) { Options = new() { FrameQueue = 1000 } };
        world.Source.Add(SessionFixture.Url,
            new FakeStream(20, new StreamException("closed", "dropped"), Bookmark: "here"), new StreamException("closed", "refused"), new FakeStream(40, Missing: 0, IsEndless: true));
        await using var registry = world.Registry();
        await registry.ApplyAsync([With()], default);
        Assert.True(SpinWait.SpinUntil(() => registry.Status("match")!.Counts.Frames == 40, TimeSpan.FromMinutes(1)), "waited in vain for the frames before the drop");

        await registry.ApplyAsync([With(SessionFixture.Goal)], default);
        await world.PassTime("all frames to be looked at", () => registry.Status("match")!.Counts.Frames == 120);

        Assert.Equal(60, registry.Status("match")!.Tape!.Held.Length.Seconds, 0.1);
        await registry.ApplyAsync([], default);
        Assert.Equal([false, false, true], world.Source.Attended);
        Assert.Equal(30.0, Assert.Single(world.Events.All.OfType<ClipReady>()).Clip.Plan.Moment.Span.Start.Seconds);
    }
}
