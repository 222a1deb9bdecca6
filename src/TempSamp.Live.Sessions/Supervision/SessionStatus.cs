using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>What a stream is doing.</summary>
public enum SessionState
{
    /// <summary>Being opened, or listening for its publisher.</summary>
    Connecting,

    /// <summary>Delivering packets.</summary>
    Online,

    /// <summary>Lost its source a moment ago; the session goes on if it is back in time.</summary>
    Interrupted,

    /// <summary>Stopped on request, finishing its clips.</summary>
    Draining,

    /// <summary>Broken or ended; will be tried again.</summary>
    Waiting,

    /// <summary>Over: will not be tried again.</summary>
    Ended,

    /// <summary>Never started: its configuration has errors.</summary>
    Invalid,
}

/// <summary>One stream at one instant, for the UI and as JSON.</summary>
/// <param name="StreamId">Its name.</param>
/// <param name="Url">Its address without secrets.</param>
/// <param name="State">What it is doing.</param>
/// <param name="SessionId">The session that runs or ran last.</param>
/// <param name="StartedAt">UTC of that session's media time zero.</param>
/// <param name="ClockSource">Where that UTC comes from.</param>
/// <param name="Sessions">Times it was online.</param>
/// <param name="LastEnd">How the last attempt ended.</param>
/// <param name="NextAttemptAt">When it is tried again.</param>
/// <param name="Tracks">What it carries.</param>
/// <param name="Tape">How much can be cut from.</param>
/// <param name="Timeline">What the time of the session is made up of: media, gaps, and how far it is from the wall clock.</param>
/// <param name="Counts">What it has done.</param>
/// <param name="Notes">Repairs and gaps of the session.</param>
/// <param name="Errors">Faults of its configuration; a running stream with errors runs on its last good one.</param>
public sealed record SessionStatus(
    string StreamId, string Url, SessionState State, string? SessionId, DateTimeOffset? StartedAt, string? ClockSource, int Sessions, SessionEnd? LastEnd,
    DateTimeOffset? NextAttemptAt, IReadOnlyList<TrackFormat> Tracks, TapeStatus? Tape, TimelineAccount? Timeline, SessionCounts Counts, IReadOnlyList<StreamNote> Notes, IReadOnlyList<string> Errors);
