namespace TempSamp.Live.Contracts;

/// <summary>A session of a stream began or is over.</summary>
/// <param name="Stream">The stream and its session.</param>
/// <param name="State"><c>online</c> or <c>offline</c>.</param>
/// <param name="Reason">Why it is offline, as a short machine name: <c>ended</c>, <c>stopped</c>, <c>timeout</c>, ...; absent online.</param>
/// <param name="Detail">For people; absent online.</param>
/// <param name="Video">The picture; absent offline.</param>
/// <param name="Audio">The sound tracks; absent offline.</param>
public sealed record StreamStatusChanged(
    StreamReference Stream, string State, string? Reason = null, string? Detail = null, VideoTrack? Video = null, IReadOnlyList<AudioTrack>? Audio = null);
