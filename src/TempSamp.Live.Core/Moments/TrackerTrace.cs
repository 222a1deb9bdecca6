namespace TempSamp.Live.Core;

/// <summary>What the tracker made of one verdict.</summary>
public enum VerdictOutcome
{
    /// <summary>The presence is below the query's threshold: refused, and it denies the candidates that its window holds whole.</summary>
    BelowThreshold,

    /// <summary>The answer names no span inside its window.</summary>
    NoAnswer,

    /// <summary>Its span is that of a moment that was told already, or what the window still shows of it.</summary>
    AlreadyTold,

    /// <summary>Accepted as the first sighting of a new candidate.</summary>
    FirstSighting,

    /// <summary>Accepted as one more sighting of a candidate.</summary>
    Sighting,

    /// <summary>The same window had been judged before; ignored.</summary>
    Repeated,

    /// <summary>The event is there, but the model cannot tell when: its confidence in the span is too low. Neither sees nor denies.</summary>
    Vague,
}

/// <summary>A verdict and what became of it.</summary>
/// <param name="Verdict">What the model said.</param>
/// <param name="Outcome">Accepted, or the reason for not.</param>
/// <param name="Candidate">Number of the candidate it counts for, unique for the query in the session; null where it counts for none.</param>
public sealed record VerdictTrace(WindowVerdict Verdict, VerdictOutcome Outcome, int? Candidate);

/// <summary>How a candidate ended.</summary>
public enum CandidateEnd
{
    /// <summary>It settled: a clip is made.</summary>
    Moment,

    /// <summary>Fewer windows saw it than must, and others could have.</summary>
    TooFewSightings,

    /// <summary>Too many windows that hold it whole found nothing.</summary>
    Denied,

    /// <summary>It turned out to be a moment that was told already.</summary>
    AlreadyTold,

    /// <summary>It began inside the query's cooldown after the clip before.</summary>
    Cooldown,

    /// <summary>It turned out to be the same occurrence as another candidate, which goes on with its sightings.</summary>
    Merged,
}

/// <summary>A candidate that is no longer open, and why.</summary>
/// <param name="QueryId">Which query.</param>
/// <param name="Candidate">Its number.</param>
/// <param name="Span">What its sightings agreed on.</param>
/// <param name="End">What became of it.</param>
/// <param name="Sightings">Windows that saw it.</param>
/// <param name="Denials">Windows that hold it whole and found nothing.</param>
/// <param name="Oversights">Windows that hold it whole and named another span.</param>
/// <param name="Into">The candidate it was merged into; null otherwise.</param>
public sealed record CandidateTrace(string QueryId, int Candidate, TimeRange Span, CandidateEnd End, int Sightings, int Denials, int Oversights, int? Into = null);

/// <summary>Told of everything that a <see cref="MomentTracker"/> decides, while it decides.</summary>
public interface ITrackerWitness
{
    /// <summary>A verdict was judged.</summary>
    void Heard(VerdictTrace verdict);

    /// <summary>A candidate ended.</summary>
    void Ended(CandidateTrace candidate);
}
