using System.Collections.Frozen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>What a smart cut must know of the packets of a track, and do to them: one codec each.</summary>
internal abstract class SmartPictures
{
    private static readonly FrozenDictionary<string, Func<TrackFormat, IReadOnlyList<MediaPacket>, SmartPictures>> s_codecs =
        new Dictionary<string, Func<TrackFormat, IReadOnlyList<MediaPacket>, SmartPictures>>
        {
            ["h264"] = (track, video) => new H264Pictures(track, video),
            ["hevc"] = (track, video) => new HevcPictures(track, video),
        }.ToFrozenDictionary();

    /// <summary>The pictures of a track.</summary>
    /// <param name="track">The video track.</param>
    /// <param name="video">Its packets in decoding order.</param>
    /// <exception cref="NotSmartException">Its codec has no smart cut.</exception>
    public static SmartPictures Of(TrackFormat track, IReadOnlyList<MediaPacket> video) =>
        s_codecs.TryGetValue(track.Codec, out var codec) ? codec(track, video) : throw new NotSmartException("codec", $"{track.Codec} has no smart cut");

    /// <summary>
    /// Whether nothing that is shown after this picture leans on what was decoded before it. Key-frame flags do not say so: recovery points have them too.
    /// </summary>
    public abstract bool IsEntry(int packet);

    /// <summary>Whether a packet behind an entry is shown before it, and may lean on what was decoded before the entry.</summary>
    public abstract bool LeadsIn(int packet);

    /// <summary>Checks every packet of a stretch against the rules. Comes before everything below.</summary>
    /// <exception cref="NotSmartException">One of them breaks a rule.</exception>
    public abstract void Check(int first, int last);

    /// <summary>Opens an encoder whose pictures can stand beside the copied ones.</summary>
    public abstract VideoEncoder Open(EncoderChoice encoders, FrameHandle first, double framesPerSecond);

    /// <summary>Takes the encoder's parameter sets in.</summary>
    /// <returns>False when others are there already.</returns>
    public abstract bool TryTake(byte[] headers);

    /// <summary>A picture of the encoder as the file holds it.</summary>
    public abstract byte[] Encoded(ReadOnlyMemory<byte> data);

    /// <summary>A picture of the source as the file holds it.</summary>
    /// <param name="packet">Which.</param>
    /// <param name="isSeam">Whether encoded pictures stand before it and nothing that leads in behind it.</param>
    public abstract byte[] Copied(int packet, bool isSeam);

    /// <summary>The track's configuration with every parameter set.</summary>
    public abstract byte[] Configuration();
}
