using System.Globalization;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host;

/// <summary>An explanation for people: the reason of each query in a sentence, and under it every window that was asked.</summary>
internal static class ExplanationPrinter
{
    private static readonly string[] Head = ["window", "presence", "span", "confidence", "on then", "answered after", "what became of it"];

    /// <param name="newest">End of the session's newest window.</param>
    public static void Print(TextWriter output, Explanation explanation, MediaTime newest)
    {
        var (session, at) = (explanation.Session, explanation.At);
        output.WriteLine($"{session.StreamId} at {explanation.Utc.ToString("yyyy-MM-dd HH:mm:ss.f", CultureInfo.InvariantCulture)} UTC, {at.ToClock()} into session {session.SessionId}");
        if (at >= newest) output.WriteLine($"The newest window of this session ends at {newest.ToClock()}.");
        foreach (var query in explanation.Queries) Print(output, at, query);
    }

    private static void Print(TextWriter output, MediaTime at, QueryExplanation told)
    {
        var (query, model) = (told.Query, told.Query.Model);
        output.WriteLine();
        output.WriteLine(Invariant($"{query.Id}: \"{query.Text}\", threshold {query.Threshold:0.00}"));
        output.WriteLine($"  {(told.Reason == ClipReason.Clip ? "Clip" : "No clip")}: {told.Because}.");
        if (told.ClipId is { } clip) output.WriteLine($"  Clip id {clip}.");
        if (told.Windows.Count == 0) return;
        output.WriteLine($"  Asked of {model.Id} {model.Revision}{(query.PromptDigest.Length > 0 ? $", prompt {query.PromptDigest}" : "")}:");
        var table = new StringWriter();
        TextTable.Write(table, Head, [.. told.Windows.Select(w => Row(w, at, told.Candidates))]);
        foreach (var line in table.ToString().TrimEnd().Split(Environment.NewLine)) output.WriteLine("    " + line);
    }

    private static string[] Row(ExplainedWindow window, MediaTime at, IReadOnlyList<CandidateTrace> ended)
    {
        var verdict = window.Trace.Verdict;
        return
        [
            Range(verdict.Window),
            verdict.RawPresence is { } raw ? Invariant($"{verdict.Presence:0.00} (raw {raw:0.00})") : Invariant($"{verdict.Presence:0.00}"),
            verdict.Span is { } span ? Range(span) : "none",
            Invariant($"{verdict.Confidence:0.00}{(verdict.HasPosterior ? " expected IoU" : "")}"),
            verdict.Saliency is { } curve ? Invariant($"{curve[Math.Clamp((int)(at - verdict.Window.Start).Seconds, 0, curve.Count - 1)]:0.00}") : "-",
            Invariant($"{(verdict.Timings.Waited + verdict.Timings.Took).TotalSeconds:0.00} s"),
            Outcome(window.Trace, window.Query.Threshold, ended),
        ];
    }

    private static string Outcome(VerdictTrace trace, double threshold, IReadOnlyList<CandidateTrace> ended) => trace.Outcome switch
    {
        VerdictOutcome.BelowThreshold => Invariant($"refused: presence below {threshold:0.00}"),
        VerdictOutcome.NoAnswer => $"refused: {trace.Verdict.Answer}",
        VerdictOutcome.Vague => "set aside: cannot tell when",
        VerdictOutcome.AlreadyTold => "told already",
        VerdictOutcome.Repeated => "ignored: the same window again",
        _ => $"{(trace.Outcome == VerdictOutcome.FirstSighting ? "first sighting" : "sighting")} of candidate {trace.Candidate}{Ending(ended.FirstOrDefault(c => c.Candidate == trace.Candidate))}",
    };

    private static string Ending(CandidateTrace? ended) => ended?.End switch
    {
        null => "",
        CandidateEnd.Moment => ", which became a clip",
        CandidateEnd.TooFewSightings => ", dropped: too few sightings",
        CandidateEnd.Denied => ", dropped: denied",
        CandidateEnd.AlreadyTold => ", dropped: told already",
        CandidateEnd.Cooldown => ", dropped: cooldown",
        _ => $", merged into candidate {ended.Into}",
    };

    private static string Range(TimeRange range) => $"{range.Start.ToClock()}-{range.End.ToClock()}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
