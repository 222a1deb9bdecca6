using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>Collects what a hop's verdicts came to and hands it to the log, before any clip of it is announced. Used by the finding loop only.</summary>
internal sealed class HopRecorder(IVerdictLog? log, SessionIdentity session, ModelIdentity model, IReadOnlyList<HighlightQuery> queries, TimeProvider time) : ITrackerWitness
{
    private List<VerdictTrace> _verdicts = [];
    private List<CandidateTrace> _candidates = [];

    /// <inheritdoc/>
    public void Heard(VerdictTrace verdict) => _verdicts.Add(verdict);

    /// <inheritdoc/>
    public void Ended(CandidateTrace candidate) => _candidates.Add(candidate);

    /// <summary>What is collected from now on answers other queries.</summary>
    public void Change(IReadOnlyList<HighlightQuery> changed) => queries = changed;

    /// <summary>Writes what was collected since the last time.</summary>
    public async ValueTask WriteAsync(CancellationToken giveUp)
    {
        var (verdicts, candidates) = (_verdicts, _candidates);
        (_verdicts, _candidates) = ([], []);
        if (log is not null && verdicts.Count + candidates.Count > 0) await log.WriteAsync(new(session, model, queries, time.GetUtcNow(), verdicts, candidates), giveUp);
    }
}
