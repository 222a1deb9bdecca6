namespace TempSamp.Live.Contracts;

/// <summary>A file of a clip.</summary>
/// <param name="Role"><c>main</c> or <c>poster</c>.</param>
/// <param name="Container"><c>mp4</c> or <c>jpeg</c>.</param>
/// <param name="Uri">Where it is.</param>
/// <param name="Sha256">Hexadecimal digest of what is stored; absent for a poster.</param>
/// <param name="Bytes">Size; absent for a poster.</param>
/// <param name="DurationMs">Length of what is shown; absent for a poster.</param>
/// <param name="Video">The picture; absent for a poster.</param>
/// <param name="Audio">The sound tracks; absent for a poster.</param>
/// <param name="Cut"><c>copy</c>, <c>smart</c> or <c>exact</c>; absent for a poster.</param>
/// <param name="AccurateTo"><c>keyframe</c> or <c>frame</c>: what the start of the cut is exact to; absent for a poster.</param>
/// <param name="CutReason">Why it was cut in another way than the query asks for, beginning with the name of the rule; absent when it was not.</param>
/// <param name="ReencodedFrames">Frames that were encoded again; the others are the stream's own bytes; absent for a poster.</param>
public sealed record MediaFile(
    string Role, string Container, string Uri, string? Sha256 = null, long? Bytes = null, long? DurationMs = null,
    VideoTrack? Video = null, IReadOnlyList<AudioTrack>? Audio = null, string? Cut = null, string? AccurateTo = null,
    string? CutReason = null, int? ReencodedFrames = null);

/// <summary>A picture track.</summary>
/// <param name="Codec">Such as <c>h264</c>.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="FramesPerSecond">Nominal; absent when unknown.</param>
public sealed record VideoTrack(string Codec, int Width, int Height, double? FramesPerSecond);

/// <summary>A sound track.</summary>
/// <param name="Codec">Such as <c>aac</c>.</param>
/// <param name="SampleRate">Hertz.</param>
/// <param name="Channels">Count.</param>
public sealed record AudioTrack(string Codec, int SampleRate, int Channels);
