using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>What was asked and answered about an instant of a stream, and why there was or was no clip of it.</summary>
/// <param name="Session">The session that the instant lies in.</param>
/// <param name="At">The instant on the session's timeline.</param>
/// <param name="Queries">One for each query that was asked in the session.</param>
public sealed record Explanation(SessionIdentity Session, MediaTime At, IReadOnlyList<QueryExplanation> Queries)
{
    /// <summary>The instant in UTC.</summary>
    public DateTimeOffset Utc => Session.StartedAt + At.ToTimeSpan();
}

/// <summary>Why there was or was no clip, in one word.</summary>
public enum ClipReason
{
    /// <summary>There was one.</summary>
    Clip,

    /// <summary>No window that was asked about holds the instant.</summary>
    NoWindow,

    /// <summary>No window reached the threshold.</summary>
    BelowThreshold,

    /// <summary>The model's answers name no span.</summary>
    NoAnswer,

    /// <summary>The windows that reached the threshold cannot tell when.</summary>
    Vague,

    /// <summary>The windows that reached the threshold saw the event elsewhere.</summary>
    Elsewhere,

    /// <summary>It was seen, but by fewer windows than must.</summary>
    TooFewSightings,

    /// <summary>It was seen, but too many windows that hold it whole found nothing.</summary>
    Denied,

    /// <summary>It belongs to a clip that was made already.</summary>
    AlreadyTold,

    /// <summary>It began inside the query's cooldown after the clip before.</summary>
    Cooldown,

    /// <summary>It is seen, and not settled yet.</summary>
    Open,
}

/// <summary>One query's part of an explanation.</summary>
/// <param name="Query">Its id, sentence and threshold as they were asked.</param>
/// <param name="Reason">Why there was or was no clip.</param>
/// <param name="Because">The same in a sentence, with the numbers.</param>
/// <param name="ClipId">The clip, where there is one; also one that the instant belongs to though it was told before.</param>
/// <param name="Windows">Every window that holds the instant, oldest first.</param>
/// <param name="Candidates">Every candidate near the instant that ended, oldest first.</param>
public sealed record QueryExplanation(
    AskedQuery Query, ClipReason Reason, string Because, string? ClipId, IReadOnlyList<ExplainedWindow> Windows, IReadOnlyList<CandidateTrace> Candidates);

/// <summary>A query as it was asked.</summary>
/// <param name="Id">The query.</param>
/// <param name="Text">Its sentence.</param>
/// <param name="Threshold">Lowest presence that counted.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="PromptDigest">Digest of the questions; empty where nobody said.</param>
public sealed record AskedQuery(string Id, string Text, double Threshold, ModelIdentity Model, string PromptDigest);

/// <summary>One window's answer and what became of it.</summary>
/// <param name="Trace">Verdict and outcome.</param>
/// <param name="Query">As it was asked.</param>
/// <param name="At">When the answer came.</param>
public sealed record ExplainedWindow(VerdictTrace Trace, AskedQuery Query, DateTimeOffset At);
