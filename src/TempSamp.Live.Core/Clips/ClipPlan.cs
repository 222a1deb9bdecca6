namespace TempSamp.Live.Core;

/// <summary>A moment that will become a clip.</summary>
/// <param name="Id">Deterministic: the same stream, session, query and span always give the same id.</param>
/// <param name="StreamId">The stream.</param>
/// <param name="SessionId">The session of the stream.</param>
/// <param name="SessionStartedAt">UTC of media time zero.</param>
/// <param name="ClockSource">Where that UTC comes from.</param>
/// <param name="Query">The query with the policy applied.</param>
/// <param name="Moment">What was found.</param>
/// <param name="Range">What to cut: the moment with padding and limits.</param>
/// <param name="Model">The model that found it.</param>
public sealed record ClipPlan(
    string Id, string StreamId, string SessionId, DateTimeOffset SessionStartedAt, string ClockSource,
    HighlightQuery Query, Moment Moment, TimeRange Range, ModelIdentity Model);
