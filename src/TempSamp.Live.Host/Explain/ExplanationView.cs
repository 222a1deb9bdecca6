using TempSamp.Live.Core;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Host;

/// <summary>An explanation as JSON: whole milliseconds on the session's timeline, UTC beside them.</summary>
internal static class ExplanationView
{
    public static object Of(Explanation explanation) => new
    {
        Stream = explanation.Session.StreamId,
        Session = explanation.Session.SessionId,
        StartedAt = explanation.Session.StartedAt,
        Clock = explanation.Session.ClockSource,
        AtMs = explanation.At.Milliseconds,
        explanation.Utc,
        Queries = explanation.Queries.Select(q => new
        {
            q.Query.Id,
            q.Query.Text,
            q.Query.Threshold,
            q.Query.Model,
            q.Query.PromptDigest,
            q.Reason,
            q.Because,
            q.ClipId,
            Windows = q.Windows.Select(Of),
            Candidates = q.Candidates.Select(c => new { c.Candidate, Span = Of(c.Span), c.End, c.Sightings, c.Denials, c.Oversights, c.Into }),
        }),
    };

    private static object Of(ExplainedWindow window)
    {
        var (verdict, outcome, candidate) = window.Trace;
        return new
        {
            Window = Of(verdict.Window),
            AnsweredAt = window.At,
            verdict.Presence,
            verdict.RawPresence,
            Span = verdict.Span is { } span ? Of(span) : null,
            verdict.Confidence,
            verdict.HasPosterior,
            verdict.Answer,
            verdict.Saliency,
            window.Query.Threshold,
            Outcome = outcome,
            Candidate = candidate,
            WaitedMs = verdict.Timings.Waited.TotalMilliseconds,
            TookMs = verdict.Timings.Took.TotalMilliseconds,
        };
    }

    private static object Of(TimeRange range) => new { StartMs = range.Start.Milliseconds, EndMs = range.End.Milliseconds };
}
