namespace TempSamp.Live.Core;

/// <summary>What a track carries.</summary>
public enum TrackKind { Video, Audio }

/// <summary>What a muxer must know of a track to write its packets unchanged. Plain data: no native memory.</summary>
/// <param name="Index">Number of the track inside its session, from 0.</param>
/// <param name="Kind">Video or audio.</param>
/// <param name="Codec">libav codec name, such as <c>h264</c> or <c>aac</c>.</param>
/// <param name="CodecConfig">Codec extradata (avcC, AudioSpecificConfig, Annex B headers); may be empty.</param>
/// <param name="Width">Pixels; 0 for audio.</param>
/// <param name="Height">Pixels; 0 for audio.</param>
/// <param name="SampleRate">Hertz; 0 for video.</param>
/// <param name="Channels">Audio channels; 0 for video.</param>
/// <param name="FrameSize">Samples in an audio packet; 0 when unknown or video.</param>
/// <param name="FrameRate">Nominal frames per second; 0 when unknown or audio.</param>
/// <param name="Profile">Codec profile as libav numbers it; -99 when unknown.</param>
/// <param name="Level">Codec level as libav numbers it; -99 when unknown.</param>
/// <param name="PixelAspect">Width of a pixel over its height as the container says it; 0 when it does not.</param>
/// <param name="Rotation">Degrees that a player turns the picture clockwise: 0, 90, 180 or 270.</param>
public sealed record TrackFormat(
    int Index, TrackKind Kind, string Codec, ReadOnlyMemory<byte> CodecConfig,
    int Width = 0, int Height = 0, int SampleRate = 0, int Channels = 0, int FrameSize = 0,
    double FrameRate = 0, int Profile = -99, int Level = -99,
    double PixelAspect = 0, int Rotation = 0);

/// <summary>One encoded packet on the session's timeline. <see cref="Data"/> is owned by the packet and never written again.</summary>
/// <param name="Track">Index of its <see cref="TrackFormat"/>.</param>
/// <param name="Epoch">Number of the continuous run of source timestamps it belongs to; codec parameters are constant inside one.</param>
/// <param name="Pts">Presentation time.</param>
/// <param name="Dts">Decoding time: never decreases inside a track and epoch.</param>
/// <param name="Duration">Length; zero when the source does not say.</param>
/// <param name="IsKey">Whether decoding can start here.</param>
/// <param name="Data">The encoded bytes.</param>
/// <param name="IsDamaged">Whether the container knows that some of its bytes are missing or wrong.</param>
public sealed record MediaPacket(
    int Track, int Epoch, MediaTime Pts, MediaTime Dts, MediaTime Duration, bool IsKey, ReadOnlyMemory<byte> Data, bool IsDamaged = false)
{
    /// <summary>Whether it is decoded for others to lean on and never shown, as before the start of an edit list.</summary>
    public bool IsHidden { get; init; }
}

/// <summary>A decoded frame on the 2 fps grid of media time, scaled to the model's grid. Whoever takes it out of a queue disposes it.</summary>
/// <param name="Slot">Number of the grid slot: <c>At = Slot / 2 s</c>. Slots 2n and 2n+1 form frame pair n.</param>
/// <param name="At">Time of the slot.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Rgb">Row-major RGB24, <c>Height * Width * 3</c> bytes; not to be read after the frame is disposed.</param>
/// <param name="DecodedAt">When decoding finished, on the session's <see cref="TimeProvider"/> (timestamp units).</param>
public sealed record SampledFrame(long Slot, MediaTime At, int Width, int Height, byte[] Rgb, long DecodedAt) : IDisposable
{
    private Action<byte[]>? _release;

    /// <summary>Takes the pixels back when the frame is disposed, so that its memory serves the next one; null leaves them to the collector.</summary>
    public Action<byte[]>? Release { init => _release = value; }

    /// <summary>Gives the pixels back. A frame that is never disposed costs memory of its own, nothing else.</summary>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke(Rgb);
}
