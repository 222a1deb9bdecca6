using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>What is in a stream.</summary>
/// <param name="Url">The address, without secrets.</param>
/// <param name="Container">libav's name of the container.</param>
/// <param name="Duration">Declared length; null for live streams.</param>
/// <param name="BitsPerSecond">Declared, else measured over what was read; 0 when neither is known.</param>
/// <param name="Tracks">The tracks that would be used.</param>
/// <param name="KeyFrameInterval">Longest distance of two key frames seen; null when fewer than two were.</param>
/// <param name="Read">How much of the stream was read for this.</param>
public sealed record StreamFacts(
    string Url, string Container, TimeSpan? Duration, long BitsPerSecond, IReadOnlyList<TrackFacts> Tracks, TimeSpan? KeyFrameInterval, TimeSpan Read);

/// <summary>A track as people and tools read it.</summary>
/// <param name="Kind">Video or audio.</param>
/// <param name="Codec">libav's name of the codec.</param>
/// <param name="Width">Pixels; 0 for audio.</param>
/// <param name="Height">Pixels; 0 for audio.</param>
/// <param name="FrameRate">Frames per second; 0 when unknown or audio.</param>
/// <param name="SampleRate">Hertz; 0 for video.</param>
/// <param name="Channels">Audio channels; 0 for video.</param>
/// <param name="Packets">Packets read for this.</param>
public sealed record TrackFacts(TrackKind Kind, string Codec, int Width, int Height, double FrameRate, int SampleRate, int Channels, int Packets);
