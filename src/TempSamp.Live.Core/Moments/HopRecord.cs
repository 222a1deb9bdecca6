namespace TempSamp.Live.Core;

/// <summary>One hop of a session for the record: what was asked, what was answered, and what was decided by it.</summary>
/// <param name="Session">Which session.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="Queries">The queries as they were when it was asked.</param>
/// <param name="At">When the answers came.</param>
/// <param name="Verdicts">One for each query; none where the hop only settles what was open.</param>
/// <param name="Candidates">Candidates that ended by it.</param>
public sealed record HopRecord(
    SessionIdentity Session, ModelIdentity Model, IReadOnlyList<HighlightQuery> Queries, DateTimeOffset At, IReadOnlyList<VerdictTrace> Verdicts, IReadOnlyList<CandidateTrace> Candidates);

/// <summary>Keeps what every window was asked and answered, so that "why was there no clip?" has an answer. Implemented by Delivery.</summary>
public interface IVerdictLog
{
    /// <summary>Hands a hop over to be written; waits only while the writer is far behind. Never fails a stream: what cannot be written is counted and logged.</summary>
    ValueTask WriteAsync(HopRecord hop, CancellationToken cancel);
}
