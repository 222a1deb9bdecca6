namespace TempSamp.Live.Trainer.Tests;

/// <summary>Answers that never look at the picture must be worth little.</summary>
public class TimelineProbeTests
{
    private const double Seconds = 32;

    private static readonly ScenarioEvent[] s_events =
        [.. Enumerable.Range(0, 3000).SelectMany(i => BroadcastScenario.Create(BroadcastDomain.Mixed, (ulong)i, Seconds).Events)];

    [Fact]
    public void The_best_constant_answer_is_right_for_few_events() => Assert.InRange(BestConstant(s_events), 0.01, 0.14);

    [Fact]
    public void The_best_answer_from_the_question_alone_is_right_for_few_events()
    {
        // Chosen on one half, scored on the other: what a model without eyes could learn.
        var half = s_events.Length / 2;
        var right = EventKinds.Of(BroadcastDomain.Mixed).Sum(kind =>
        {
            var span = BestSpan([.. s_events[..half].Where(e => e.Kind == kind)]);
            return s_events[half..].Count(e => e.Kind == kind && Overlap(e, span) >= 0.5);
        });
        Assert.InRange((double)right / (s_events.Length - half), 0.01, 0.14);
    }

    [Fact]
    public void Starts_spread_evenly_over_the_window()
    {
        var counts = new int[8];
        foreach (var e in s_events)
        {
            counts[Math.Min(7, (int)(e.Start / (Seconds - e.Length + 0.25) * 8))]++;
        }

        Assert.All(counts, c => Assert.InRange(c / (double)s_events.Length, 0.125 * 0.7, 0.125 * 1.3));
    }

    [Fact]
    public void Kind_says_nothing_about_length_or_place()
    {
        foreach (var group in s_events.GroupBy(e => e.Kind))
        {
            Assert.InRange(group.Average(e => e.Length), s_events.Average(e => e.Length) - 0.4, s_events.Average(e => e.Length) + 0.4);
            Assert.InRange(group.Average(e => e.Start), s_events.Average(e => e.Start) - 2, s_events.Average(e => e.Start) + 2);
        }
    }

    [Fact]
    public void Cuts_do_not_mark_events()
    {
        // Of the events that begin inside the window, few begin or end within a sampled frame of a change of take.
        var near = 0;
        var all = 0;
        for (ulong seed = 0; seed < 500; seed++)
        {
            var scenario = BroadcastScenario.Create(BroadcastDomain.Sports, seed, Seconds);
            foreach (var shot in scenario.Shots.Where(s => s.Event is { Start: > 1 } e && e.End < Seconds - 1))
            {
                all++;
                near += shot.Event!.Value.Start - shot.Start < 0.3 || shot.End - shot.Event.Value.End < 0.3 ? 1 : 0;
            }
        }

        Assert.True(near < 0.2 * all, $"{near} of {all} events touch a cut");
    }

    [Fact]
    public void The_score_is_late_or_wrong_after_most_goals_and_the_clock_in_about_half_of_the_broadcasts()
    {
        var (goals, late, clocks) = (0, 0, 0);
        for (ulong seed = 0; seed < 600; seed++)
        {
            var scenario = BroadcastScenario.Create(BroadcastDomain.Sports, seed, Seconds);
            var bug = scenario.Look.Score;
            clocks += Math.Abs(bug.Clock(scenario, 10) - scenario.ClockStart - 10) > 1 ? 1 : 0;
            foreach (var goal in scenario.Events.Where(e => e.Kind == EventKind.Goal))
            {
                goals++;
                late += bug.Goals(scenario, goal.End) == bug.Goals(scenario, goal.Start) ? 1 : 0;
            }
        }

        Assert.InRange(late / (double)goals, 0.6, 0.999);
        Assert.InRange(clocks / 600.0, 0.4, 0.6);
    }

    private static double BestConstant(ScenarioEvent[] events)
    {
        var span = BestSpan(events);
        return events.Count(e => Overlap(e, span) >= 0.5) / (double)events.Length;
    }

    private static (double Start, double End) BestSpan(ScenarioEvent[] events) => (
        from start in Enumerable.Range(0, 30)
        from length in Enumerable.Range(3, 10).Append(20).Append(32)
        let span = ((double)start, Math.Min(Seconds, (double)(start + length)))
        orderby events.Count(e => Overlap(e, span) >= 0.5) descending
        select span).First();

    private static double Overlap(ScenarioEvent e, (double Start, double End) span)
    {
        var shared = Math.Min(e.End, span.End) - Math.Max(e.Start, span.Start);
        return shared <= 0 ? 0 : shared / (Math.Max(e.End, span.End) - Math.Min(e.Start, span.Start));
    }
}
