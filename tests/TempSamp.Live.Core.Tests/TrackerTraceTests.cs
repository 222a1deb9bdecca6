namespace TempSamp.Live.Core.Tests;

/// <summary>What the tracker tells of its decisions.</summary>
public sealed class TrackerTraceTests : ITrackerWitness
{
    private static readonly HighlightQuery _goal = new("goal", "a goal is scored", 0.5, ClipPolicy.Default);

    private readonly List<VerdictTrace> _heard = [];
    private readonly List<CandidateTrace> _ended = [];

    [Fact]
    public void A_moment_is_told_from_its_first_sighting_to_its_clip_and_after()
    {
        Observe(_goal, Seen(0, 20, 12, 16), Seen(4, 24, 12, 16), Seen(6, 26, 12, 16));
        Assert.Equal([(VerdictOutcome.FirstSighting, 1), (VerdictOutcome.Sighting, 1), (VerdictOutcome.AlreadyTold, null)], _heard.Select(h => (h.Outcome, h.Candidate)));
        Assert.Equal(new CandidateTrace("goal", 1, TimeRange.FromSeconds(12, 16), CandidateEnd.Moment, 2, 0, 0), Assert.Single(_ended));
    }

    [Fact]
    public void Refused_verdicts_are_told_with_their_reason()
    {
        Observe(_goal, Absent(0, 20), Seen(4, 24, 0, 0) with { Span = null }, Seen(8, 28, 30, 40), Seen(10, 30, 12, 16), Seen(10, 30, 12, 16));
        Assert.Equal(
            [VerdictOutcome.BelowThreshold, VerdictOutcome.NoAnswer, VerdictOutcome.NoAnswer, VerdictOutcome.FirstSighting, VerdictOutcome.Repeated],
            _heard.Select(h => h.Outcome));
    }

    [Fact]
    public void A_candidate_that_later_windows_deny_ends_denied()
    {
        Observe(_goal, Seen(0, 20, 12, 16), Absent(4, 24), Absent(8, 28), Absent(14, 34));
        Assert.Equal((CandidateEnd.Denied, 1, 2), Assert.Single(_ended) is var c ? (c.End, c.Sightings, c.Denials) : default);
    }

    [Fact]
    public void A_candidate_that_later_windows_see_elsewhere_ends_with_too_few_sightings()
    {
        Observe(_goal, Seen(0, 16, 4, 8), Seen(2, 18, 11, 14), Seen(4, 20, 11, 14), Seen(12, 28, 20, 24));
        Assert.Contains(_ended, c => c is { Candidate: 1, End: CandidateEnd.TooFewSightings, Sightings: 1, Oversights: 2 });
    }

    [Fact]
    public void A_moment_inside_the_cooldown_ends_by_it()
    {
        var calm = _goal with { Policy = ClipPolicy.Default with { Cooldown = TimeSpan.FromSeconds(30) } };
        Observe(calm, Seen(0, 20, 4, 8), Seen(2, 22, 4, 8), Seen(10, 30, 20, 24), Seen(12, 32, 20, 24));
        Assert.Equal([CandidateEnd.Moment, CandidateEnd.Cooldown], _ended.Select(c => c.End));
    }

    [Fact]
    public void Two_candidates_that_turn_out_to_be_one_are_told_as_merged()
    {
        var tracker = new MomentTracker([_goal], new() { MinSightings = 4 }, this);
        foreach (var verdict in new[] { Seen(0, 20, 4, 6), Seen(1, 21, 9, 11), Seen(2, 22, 4, 11), Seen(3, 23, 4, 11) }) tracker.Observe([verdict]);
        Assert.Contains(_ended, c => c is { End: CandidateEnd.Merged, Candidate: 2, Into: 1 });
    }

    [Fact]
    public void A_span_that_the_model_doubts_neither_sees_nor_denies()
    {
        var doubtful = Seen(0, 20, 12, 16) with { HasPosterior = true, Confidence = 0.3 };
        Observe(_goal, doubtful, doubtful with { Window = TimeRange.FromSeconds(2, 22) }, Seen(4, 24, 12, 16), Seen(6, 26, 12, 16) with { HasPosterior = true, Confidence = 0.5 });
        Assert.Equal([VerdictOutcome.Vague, VerdictOutcome.Vague, VerdictOutcome.FirstSighting, VerdictOutcome.Sighting], _heard.Select(h => h.Outcome));
        Assert.Equal((CandidateEnd.Moment, 2, 0), Assert.Single(_ended) is var c ? (c.End, c.Sightings, c.Denials) : default);
    }

    [Fact]
    public void The_tail_of_a_moment_that_settled_too_short_is_the_same_moment()
    {
        Observe(_goal, Seen(0, 18, 10, 13), Seen(2, 20, 10, 13), Seen(4, 22, 10, 16), Seen(13, 31, 14, 17));
        Assert.Equal([VerdictOutcome.FirstSighting, VerdictOutcome.Sighting, VerdictOutcome.AlreadyTold, VerdictOutcome.AlreadyTold], _heard.Select(h => h.Outcome));
        Assert.Single(_ended);
    }

    private void Observe(HighlightQuery query, params WindowVerdict[] verdicts)
    {
        var tracker = new MomentTracker([query], witness: this);
        foreach (var verdict in verdicts) tracker.Observe([verdict]);
        tracker.Flush();
    }

    private static WindowVerdict Seen(double from, double to, double start, double end) =>
        new("goal", TimeRange.FromSeconds(from, to), TimeRange.FromSeconds(start, end), 0.9, 0.8, $"<answer>{start} to {end}</answer>");

    private static WindowVerdict Absent(double from, double to) => Seen(from, to, from, to) with { Presence = 0.1 };

    void ITrackerWitness.Heard(VerdictTrace verdict) => _heard.Add(verdict);

    void ITrackerWitness.Ended(CandidateTrace candidate) => _ended.Add(candidate);
}
