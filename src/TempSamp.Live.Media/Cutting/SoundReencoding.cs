using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Encodes a stretch of sound again as AAC, exactly as long as the clip: holes become silence, what overlaps is heard once.</summary>
internal static class SoundReencoding
{
    /// <summary>Whether some packet does not decode.</summary>
    public static bool IsDamaged(TrackFormat track, IReadOnlyList<MediaPacket> packets)
    {
        using var decoder = new SoundDecoder(track);
        foreach (var packet in packets.Append(null)) decoder.Decode(packet, (_, _) => { });
        return decoder.Damaged > 0;
    }

    /// <summary>The sound of a range.</summary>
    /// <param name="track">The sound track.</param>
    /// <param name="packets">Its packets in order, from a little before the range.</param>
    /// <param name="actual">What the clip shows.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <returns>Null when nothing can be decoded.</returns>
    /// <exception cref="FFmpegException">This FFmpeg has no decoder for it.</exception>
    public static ClipTrack? Encode(TrackFormat track, IReadOnlyList<MediaPacket> packets, TimeRange actual, CancellationToken cancel)
    {
        using var decoder = new SoundDecoder(track);
        AacEncoder? encoder = null;
        try
        {
            foreach (var packet in packets.Append(null))
            {
                cancel.ThrowIfCancellationRequested();
                decoder.Decode(packet, (block, at) =>
                {
                    encoder ??= new AacEncoder(decoder.SampleRate, decoder.Channels, actual.Length);
                    encoder.Put(block, at - actual.Start);
                });
            }

            return encoder?.Finish(track);
        }
        finally
        {
            encoder?.Dispose();
        }
    }
}
