namespace TempSamp.Live.Core;

/// <summary>Something that downstream is told about.</summary>
/// <param name="StreamId">The stream it belongs to; events of one stream keep their order.</param>
/// <param name="SessionId">The session.</param>
/// <param name="At">When it happened.</param>
public abstract record SessionEvent(string StreamId, string SessionId, DateTimeOffset At);

/// <summary>The stream delivers packets.</summary>
public sealed record StreamOnline(string StreamId, string SessionId, DateTimeOffset At, IReadOnlyList<TrackFormat> Tracks) : SessionEvent(StreamId, SessionId, At);

/// <summary>The stream ended or broke.</summary>
/// <param name="Timeline">What the session's time was made up of; null where it ended before its first packet.</param>
public sealed record StreamOffline(string StreamId, string SessionId, DateTimeOffset At, string Reason, string Detail, TimelineAccount? Timeline = null) : SessionEvent(StreamId, SessionId, At);

/// <summary>A moment settled; a clip will follow, or a failure.</summary>
/// <param name="OutPointToDetected">From the arrival of the moment's last frame to now.</param>
public sealed record ClipDetected(ClipPlan Plan, TimeSpan OutPointToDetected, DateTimeOffset At) : SessionEvent(Plan.StreamId, Plan.SessionId, At);

/// <summary>The clip can be fetched.</summary>
/// <param name="OutPointToDetected">As in <see cref="ClipDetected"/>.</param>
/// <param name="DetectedToReady">From detection to the stored, checked file.</param>
public sealed record ClipReady(StoredClip Clip, TimeSpan OutPointToDetected, TimeSpan DetectedToReady, DateTimeOffset At) : SessionEvent(Clip.Plan.StreamId, Clip.Plan.SessionId, At);

/// <summary>The clip will not come.</summary>
public sealed record ClipFailed(ClipPlan Plan, string Reason, string Detail, DateTimeOffset At) : SessionEvent(Plan.StreamId, Plan.SessionId, At);
