using CsCheck;

namespace TempSamp.Live.Core.Tests;

/// <summary>What holds for any broadcast, seen through windows that err by up to half a second and now and then altogether.</summary>
public class MomentTrackerProperties
{
    private const int Window = 20, Hop = 4;
    private static readonly HighlightQuery _goal = new("goal", "a goal is scored", 0.5, ClipPolicy.Default);

    /// <summary>Events at least a window apart, each 3 to 8 s long.</summary>
    private static readonly Gen<TimeRange[]> _events = Gen.Select(Gen.Int[22, 60], Gen.Double[3, 8]).Array[0, 6].Select(steps =>
    {
        var at = 0.0;
        return steps.Select(step => TimeRange.FromSeconds(at += step.Item1, at += step.Item2)).ToArray();
    });

    private static readonly Gen<(TimeRange[] Truth, WindowVerdict[] Verdicts)> _broadcasts =
        _events.SelectMany(truth => Gen.Double[-0.5, 0.5].Array[2 * HopsOf(truth)].Select(errors => (truth, Watch(truth, errors))));

    private static readonly Gen<WindowVerdict[]> _nonsense = Gen.Select(Gen.Double[0, 1], Gen.Double[-2, 22], Gen.Double[-2, 22], Gen.Double[0, 1]).Array[0, 60].Select(answers =>
        answers.Select((answer, hop) => Verdict(hop, Shift(TimeRange.FromSeconds(answer.Item2, answer.Item3), (hop * Hop) + Hop - Window), answer.Item1, answer.Item4)).ToArray());

    [Fact]
    public void Every_event_of_a_faithful_model_becomes_exactly_one_moment() => _broadcasts.Sample(broadcast =>
    {
        var moments = Run(broadcast.Verdicts);
        return moments.Count == broadcast.Truth.Length && broadcast.Truth.All(truth => moments.Count(moment => moment.Span.IoU(truth) >= 0.5) == 1);
    });

    [Fact]
    public void Whatever_the_model_says_no_two_moments_are_the_same_occurrence() => _nonsense.Sample(verdicts =>
    {
        var spans = Run(verdicts).Select(moment => moment.Span).ToList();
        return spans.All(span => !span.IsEmpty && spans.Count(other => other.Intersect(span).Length.Ticks >= 0.5 * Math.Min(other.Length.Ticks, span.Length.Ticks)) == 1);
    });

    [Fact]
    public void Hearing_windows_again_changes_nothing() => _nonsense.Sample(verdicts =>
        Run(verdicts).Select(Key).SequenceEqual(Run([.. verdicts.SelectMany((verdict, i) => new[] { verdict, verdicts[i / 2] })]).Select(Key)));

    [Fact]
    public void Moving_everything_in_time_moves_the_moments_and_nothing_else() => Gen.Select(_nonsense, Gen.Int[0, 1000]).Sample((verdicts, by) =>
        Run(verdicts).Select(moment => Shift(moment.Span, by)).SequenceEqual(
            Run([.. verdicts.Select(verdict => verdict with { Window = Shift(verdict.Window, by), Span = Shift(verdict.Span!.Value, by) })]).Select(moment => moment.Span)));

    [Fact]
    public void Other_queries_do_not_matter() => Gen.Select(_nonsense, _nonsense).Sample((goals, cards) =>
    {
        var tracker = new MomentTracker([_goal, _goal with { Id = "card" }]);
        var mixed = Enumerable.Range(0, Math.Max(goals.Length, cards.Length))
            .Select(hop => new[] { goals.ElementAtOrDefault(hop), cards.ElementAtOrDefault(hop) is { } card ? card with { QueryId = "card" } : null }.OfType<WindowVerdict>().ToArray());
        var moments = mixed.SelectMany(tracker.Observe).ToList().Concat(tracker.Flush());
        return moments.Where(moment => moment.QueryId == "goal").Select(Key).SequenceEqual(Run(goals).Select(Key));
    });

    private static (TimeRange, double, int) Key(Moment moment) => (moment.Span, moment.Score, moment.Sightings.Count);

    private static List<Moment> Run(WindowVerdict[] verdicts)
    {
        var tracker = new MomentTracker([_goal]);
        return [.. verdicts.SelectMany(verdict => tracker.Observe([verdict])).ToList(), .. tracker.Flush()];
    }

    private static int HopsOf(TimeRange[] truth) => (int)((truth.Length == 0 ? 0 : truth[^1].End.Seconds) / Hop) + 5;

    private static WindowVerdict[] Watch(TimeRange[] truth, double[] errors) => [.. Enumerable.Range(0, errors.Length / 2).Select(hop =>
    {
        var window = WindowOf(hop);
        var seen = truth.FirstOrDefault(span => span.Intersect(window).Length >= MediaTime.FromSeconds(1.5));
        if (seen.IsEmpty) return Verdict(hop, window, 0.1, 0.5);
        var span = new TimeRange(seen.Start + MediaTime.FromSeconds(errors[2 * hop]), seen.End + MediaTime.FromSeconds(errors[(2 * hop) + 1]));
        return Verdict(hop, span.Intersect(window), 0.9, 0.5);
    })];

    private static WindowVerdict Verdict(int hop, TimeRange span, double presence, double confidence) => new("goal", WindowOf(hop), span, presence, confidence, "");

    private static TimeRange WindowOf(int hop) => TimeRange.FromSeconds((hop * Hop) + Hop - Window, (hop * Hop) + Hop);

    private static TimeRange Shift(TimeRange range, int seconds) => new(range.Start + TimeSpan.FromSeconds(seconds), range.End + TimeSpan.FromSeconds(seconds));
}
