using TempSamp.Live.Core;
using TempSamp.Live.Sessions;

namespace TempSamp.Live.Host;

/// <summary>What a stream is doing, as the API shows it. Places on the timeline are milliseconds from the session's start.</summary>
/// <param name="State">connecting, online, draining, waiting, ended or invalid.</param>
/// <param name="SessionId">The session that runs or ran last.</param>
/// <param name="StartedAt">UTC of that session's start.</param>
/// <param name="ClockSource">Where that UTC comes from.</param>
/// <param name="Sessions">Times it was online.</param>
/// <param name="LastEnd">How the last attempt ended.</param>
/// <param name="NextAttemptAt">When it is tried again.</param>
/// <param name="TapeMs">How much can be cut from.</param>
/// <param name="TapeBytes">How large that is.</param>
/// <param name="Timeline">What the session's time is made up of; null before its first packet.</param>
/// <param name="Counts">What it has done.</param>
/// <param name="Notes">Repairs and gaps of the session.</param>
/// <param name="Errors">Faults of its configuration; it runs on its last good one.</param>
internal sealed record StatusView(
    SessionState State, string? SessionId, DateTimeOffset? StartedAt, string? ClockSource, int Sessions, SessionEnd? LastEnd, DateTimeOffset? NextAttemptAt,
    long TapeMs, long TapeBytes, TimelineView? Timeline, SessionCounts Counts, IReadOnlyList<NoteView> Notes, IReadOnlyList<string> Errors)
{
    /// <summary>The view of a status.</summary>
    public static StatusView Of(SessionStatus status) => new(
        status.State, status.SessionId, status.StartedAt, status.ClockSource, status.Sessions, status.LastEnd, status.NextAttemptAt,
        status.Tape?.Held.Length.Milliseconds ?? 0, status.Tape?.Bytes ?? 0, status.Timeline is { } timeline ? TimelineView.Of(timeline) : null, status.Counts,
        [.. status.Notes.Select(n => new NoteView(n.Kind, n.At.Milliseconds, n.Length.Milliseconds, n.Text))], status.Errors);
}

/// <summary>What the time of a session is made up of. Media and gaps together are all of it.</summary>
/// <param name="MediaMs">Time that video covers.</param>
/// <param name="GapMs">Time without video.</param>
/// <param name="Gaps">How many gaps; each is a note.</param>
/// <param name="DriftMs">Wall time minus the session's; null for sources that do not come at their own pace.</param>
internal sealed record TimelineView(long MediaMs, long GapMs, int Gaps, long? DriftMs)
{
    /// <summary>The view of an account.</summary>
    public static TimelineView Of(TimelineAccount account) => new((long)account.Media.TotalMilliseconds, (long)account.Gaps.TotalMilliseconds, account.GapCount, (long?)account.Drift?.TotalMilliseconds);
}

/// <summary>Something worth knowing about a stream.</summary>
/// <param name="Kind">Short name such as <c>gap</c>.</param>
/// <param name="AtMs">Where.</param>
/// <param name="LengthMs">How long, such as of a gap; 0 for a point.</param>
/// <param name="Text">For people.</param>
internal sealed record NoteView(string Kind, long AtMs, long LengthMs, string Text);
