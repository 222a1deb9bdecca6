using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Encodes a stretch of sound again as AAC, exactly as long as the clip: holes become silence, what overlaps is heard once.</summary>
internal static class SoundReencoding
{
    /// <summary>Whether some packet does not decode.</summary>
    public static bool IsDamaged(FormatRun run)
    {
        using var decoder = new SoundDecoder(run.Format);
        foreach (var packet in run.Packets.Append(null)) decoder.Decode(packet, (_, _) => { });
        return decoder.Damaged > 0;
    }

    /// <summary>The sound of a range.</summary>
    /// <param name="runs">The packets in order, from a little before the range; what comes in later formats is converted to the first.</param>
    /// <param name="actual">What the clip shows.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <returns>Null when nothing can be decoded.</returns>
    /// <exception cref="FFmpegException">This FFmpeg has no decoder for it.</exception>
    public static ClipTrack? Encode(IReadOnlyList<FormatRun> runs, TimeRange actual, CancellationToken cancel)
    {
        AacEncoder? encoder = null;
        try
        {
            foreach (var run in runs)
            {
                using var decoder = new SoundDecoder(run.Format, encoder?.Form);
                foreach (var packet in run.Packets.Append(null))
                {
                    cancel.ThrowIfCancellationRequested();
                    decoder.Decode(packet, (block, at) =>
                    {
                        encoder ??= new AacEncoder(decoder.Form!.Value, actual.Length);
                        encoder.Put(block, at - actual.Start);
                    });
                }
            }

            return encoder?.Finish(runs[0].Format);
        }
        finally
        {
            encoder?.Dispose();
        }
    }
}
