using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>Verdicts through the tracker, as a session would, and the reason that is given for an instant.</summary>
public sealed class ExplainerTests : ITrackerWitness
{
    private static readonly SessionIdentity Session = SessionIdentity.Of("match-7", new(2026, 1, 1, 18, 0, 0, TimeSpan.Zero), "arrival");
    private static readonly AskedQuery Asked = new("goal", "a goal is scored", 0.5, new("mini", "abc"), "00ff");
    private readonly List<VerdictTrace> _heard = [];
    private readonly List<CandidateTrace> _ended = [];

    [Fact]
    public void A_clip_is_named_by_its_id_and_its_votes()
    {
        var told = Explain(14, Seen(0, 20, 12, 16), Seen(4, 24, 12, 16), Absent(20, 40));
        Assert.Equal(ClipReason.Clip, told.Reason);
        Assert.Equal(ClipId.For("match-7", Session.SessionId, "goal", TimeRange.FromSeconds(12, 16)), told.ClipId);
        Assert.Equal("a clip was made of 0:12.0-0:16.0: 2 windows saw it, 0 that hold it whole found nothing", told.Because);
    }

    [Fact]
    public void An_instant_that_no_window_holds_says_so() => Assert.Equal(ClipReason.NoWindow, Explain(50, Seen(0, 20, 12, 16)).Reason);

    [Fact]
    public void Below_the_threshold_the_highest_presence_is_told()
    {
        var told = Explain(14, Absent(0, 20), Absent(4, 24) with { Presence = 0.42 });
        Assert.Equal(ClipReason.BelowThreshold, told.Reason);
        Assert.Equal("no window reached the threshold 0.50: the highest presence of 2 is 0.42, in 0:04.0-0:24.0", told.Because);
        Assert.Null(told.ClipId);
    }

    [Fact]
    public void A_sighting_elsewhere_is_told_with_its_span()
    {
        var told = Explain(5, Seen(0, 20, 12, 16), Absent(2, 22));
        Assert.Equal(ClipReason.Elsewhere, told.Reason);
        Assert.Contains("1 window saw it elsewhere, at 0:12.0-0:16.0, and 1 found nothing", told.Because);
    }

    [Fact]
    public void Answers_without_a_span_are_told() => Assert.Equal(ClipReason.NoAnswer, Explain(5, Seen(0, 20, 1, 2) with { Span = null, Answer = "no answer: the model's scores are not numbers" }).Reason);

    [Fact]
    public void A_doubtful_span_is_told_with_its_confidence()
    {
        var told = Explain(14, Seen(0, 20, 12, 16) with { HasPosterior = true, Confidence = 0.3 });
        Assert.Equal(ClipReason.Vague, told.Reason);
        Assert.Contains("the highest confidence in a span is 0.30", told.Because);
    }

    [Fact]
    public void Denied_and_too_few_sightings_and_cooldown_are_told_apart()
    {
        Assert.Equal(ClipReason.Denied, Explain(14, Seen(0, 20, 12, 16), Absent(4, 24), Absent(8, 28), Absent(14, 34)).Reason);
        Assert.Equal(ClipReason.TooFewSightings, Explain(6, Seen(0, 16, 4, 8), Seen(2, 18, 11, 14), Seen(4, 20, 11, 14), Absent(12, 28)).Reason);
        Assert.Equal(ClipReason.Cooldown, Explain(22, TimeSpan.FromSeconds(30), Seen(0, 20, 4, 8), Seen(2, 22, 4, 8), Seen(10, 30, 20, 24), Seen(12, 32, 20, 24)).Reason);
    }

    [Fact]
    public void What_is_seen_but_not_settled_is_open() => Assert.Equal(ClipReason.Open, Explain(14, Seen(0, 20, 12, 16)).Reason);

    private QueryExplanation Explain(double at, params WindowVerdict[] verdicts) => Explain(at, TimeSpan.Zero, verdicts);

    private QueryExplanation Explain(double at, TimeSpan cooldown, params WindowVerdict[] verdicts)
    {
        _heard.Clear();
        _ended.Clear();
        var tracker = new MomentTracker([new("goal", Asked.Text, Asked.Threshold, ClipPolicy.Default with { Cooldown = cooldown })], witness: this);
        foreach (var verdict in verdicts) tracker.Observe([verdict]);
        var place = MediaTime.FromSeconds(at);
        return Explainer.Explain(
            Session, Asked, place, [.. _heard.Where(h => h.Verdict.Window.Contains(place)).Select(h => new ExplainedWindow(h, Asked, Session.StartedAt))],
            [.. _ended.Where(c => new TimeRange(c.Span.Start - MediaTime.FromSeconds(1), c.Span.End + MediaTime.FromSeconds(1)).Contains(place))]);
    }

    private static WindowVerdict Seen(double from, double to, double start, double end) =>
        new("goal", TimeRange.FromSeconds(from, to), TimeRange.FromSeconds(start, end), 0.9, 0.8, $"<answer>{start} to {end}</answer>");

    private static WindowVerdict Absent(double from, double to) => Seen(from, to, from, to) with { Presence = 0.1 };

    void ITrackerWitness.Heard(VerdictTrace verdict) => _heard.Add(verdict);

    void ITrackerWitness.Ended(CandidateTrace candidate) => _ended.Add(candidate);
}
