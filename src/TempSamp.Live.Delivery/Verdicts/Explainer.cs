using System.Globalization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Finds the reason why there was or was no clip of an instant. Pure.</summary>
internal static class Explainer
{
    // A span this close to the instant is about it.
    private static readonly MediaTime Near = MediaTime.FromSeconds(1);

    public static QueryExplanation Explain(SessionIdentity session, AskedQuery query, MediaTime at, IReadOnlyList<ExplainedWindow> windows, IReadOnlyList<CandidateTrace> candidates)
    {
        var (reason, because, clip) = Find(query, at, windows, candidates);
        return new(query, reason, because, clip is { } moment ? ClipId.For(session.StreamId, session.SessionId, query.Id, moment.Span) : null, windows, candidates);
    }

    private static (ClipReason Reason, string Because, CandidateTrace? Clip) Find(
        AskedQuery query, MediaTime at, IReadOnlyList<ExplainedWindow> windows, IReadOnlyList<CandidateTrace> candidates)
    {
        if (candidates.FirstOrDefault(c => c.End == CandidateEnd.Moment) is { } moment)
            return (ClipReason.Clip, $"a clip was made of {Text(moment.Span)}: {Votes(moment)}", moment);
        if (windows.Count == 0) return (ClipReason.NoWindow, "no window that the model was asked about holds this instant: the stream was not up, or has not come this far", null);

        var near = windows.Where(w => w.Trace.Verdict.Span is { } span && at >= span.Start - Near && at < span.End + Near).ToArray();
        var seen = near.Where(w => w.Trace.Candidate is not null).ToArray();
        if (seen.Length > 0)
        {
            return candidates.Where(c => c.End != CandidateEnd.Merged).MaxBy(c => c.Sightings) is { } ended
                ? OfCandidate(ended)
                : (ClipReason.Open, $"seen by {Count(seen.Length, "window")} and not settled yet: it waits for more windows, or for one that looks past its end", null);
        }
        if (near.Any(w => w.Trace.Outcome == VerdictOutcome.AlreadyTold))
            return (ClipReason.AlreadyTold, "what was seen here had been told already, as part of an earlier clip", null);

        if (near.Where(w => w.Trace.Outcome == VerdictOutcome.Vague).ToArray() is { Length: > 0 } vague)
            return (ClipReason.Vague, Invariant($"{Count(vague.Length, "window")} found it present but could not tell when: the highest confidence in a span is {vague.Max(w => w.Trace.Verdict.Confidence):0.00}; Sessions:Tracker:MinConfidence says how high it must be"), null);

        var below = windows.Count(w => w.Trace.Outcome == VerdictOutcome.BelowThreshold);
        if (windows.Where(w => w.Trace.Outcome is VerdictOutcome.FirstSighting or VerdictOutcome.Sighting or VerdictOutcome.AlreadyTold).ToArray() is { Length: > 0 } elsewhere)
            return (ClipReason.Elsewhere, $"{Count(elsewhere.Length, "window")} saw it elsewhere, at {Spans(elsewhere)}{(below > 0 ? $", and {below} found nothing" : "")}; each window names one span", null);
        if (below > 0)
        {
            var best = windows.Where(w => w.Trace.Outcome == VerdictOutcome.BelowThreshold).MaxBy(w => w.Trace.Verdict.Presence)!.Trace.Verdict;
            return (ClipReason.BelowThreshold, Invariant($"no window reached the threshold {query.Threshold:0.00}: the highest presence of {windows.Count} is {best.Presence:0.00}, in {Text(best.Window)}"), null);
        }
        return (ClipReason.NoAnswer, $"none of {Count(windows.Count, "answer")} names a span: {windows[^1].Trace.Verdict.Answer}", null);
    }

    private static (ClipReason, string, CandidateTrace?) OfCandidate(CandidateTrace ended) => ended.End switch
    {
        CandidateEnd.TooFewSightings => (ClipReason.TooFewSightings, $"{Text(ended.Span)} was seen by too few windows: {Votes(ended)}; Sessions:Tracker:MinSightings says how many must", null),
        CandidateEnd.Denied => (ClipReason.Denied, $"{Text(ended.Span)} was seen, but denied by too many windows that hold it whole: {Votes(ended)}; Sessions:Tracker:MinAgreement says what share must agree", null),
        CandidateEnd.Cooldown => (ClipReason.Cooldown, $"{Text(ended.Span)} was seen ({Votes(ended)}), but began inside the query's Cooldown after the clip before", null),
        _ => (ClipReason.AlreadyTold, $"{Text(ended.Span)} turned out to be the moment of an earlier clip: {Votes(ended)}", null),
    };

    private static string Votes(CandidateTrace c) =>
        $"{Count(c.Sightings, "window")} saw it, {c.Denials} that hold it whole found nothing{(c.Oversights > 0 ? $", {c.Oversights} named another span" : "")}";

    private static string Spans(ExplainedWindow[] windows) => string.Join(", ", windows.Select(w => Text(w.Trace.Verdict.Span!.Value)).Distinct().Take(4));

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Text(TimeRange range) => $"{range.Start.ToClock()}-{range.End.ToClock()}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
