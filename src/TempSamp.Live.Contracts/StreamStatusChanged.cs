namespace TempSamp.Live.Contracts;

/// <summary>A session of a stream began or is over.</summary>
/// <param name="Stream">The stream and its session.</param>
/// <param name="State"><c>online</c> or <c>offline</c>.</param>
/// <param name="Reason">Why it is offline, as a short machine name: <c>ended</c>, <c>stopped</c>, <c>timeout</c>, ...; absent online.</param>
/// <param name="Detail">For people; absent online.</param>
/// <param name="Video">The picture; absent offline.</param>
/// <param name="Audio">The sound tracks; absent offline.</param>
/// <param name="Timeline">What the session's time was made up of; absent online.</param>
public sealed record StreamStatusChanged(
    StreamReference Stream, string State, string? Reason = null, string? Detail = null, VideoTrack? Video = null, IReadOnlyList<AudioTrack>? Audio = null,
    TimelineTotals? Timeline = null);

/// <summary>What a session's time was made up of, in whole milliseconds: media and gaps together are all of its timeline.</summary>
/// <param name="MediaMs">Time that video covers.</param>
/// <param name="GapsMs">Time without video.</param>
/// <param name="Gaps">How many gaps.</param>
/// <param name="DriftMs">Wall time minus timeline; absent where the source does not come at its own pace.</param>
public sealed record TimelineTotals(long MediaMs, long GapsMs, int Gaps, long? DriftMs = null);
