using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Decodes the frame nearest to an instant and writes it as JPEG in the source's resolution.</summary>
internal static class Poster
{
    /// <summary>Writes the poster.</summary>
    /// <returns>False when no frame could be decoded.</returns>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode the track.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static bool Save(CopyPlan plan, MediaTime at, long maxPixels, string path)
    {
        using var best = FrameHandle.Alloc();
        if (!Find(plan, at, maxPixels, best)) return false;
        var (width, height) = Size(best);
        using var scaler = new FrameScaler(width, height);
        JpegEncoder.Save(path, scaler.ToRgb(best), width, height);
        return true;
    }

    private static bool Find(CopyPlan plan, MediaTime at, long maxPixels, FrameHandle best)
    {
        using var decoder = new VideoDecoder(plan.Tracks[0], maxPixels);
        using var frame = FrameHandle.Alloc();
        var first = Math.Max(0, plan.Video.ToList().FindLastIndex(p => p.IsKey && p.Pts <= at));
        long? nearest = null;
        foreach (var packet in plan.Video.Skip(first).Append(null))
        {
            decoder.Send(packet);
            while (decoder.TryReceive(frame, out var pts))
            {
                var distance = Math.Abs(pts.Ticks - at.Ticks);
                if (distance >= nearest) return true; // frames come in order: from here on they only get further away
                nearest = distance;
                Swap(frame, best);
            }
        }

        return nearest is not null;
    }

    private static unsafe void Swap(FrameHandle from, FrameHandle to)
    {
        to.Clear();
        FFmpeg.AutoGen.ffmpeg.av_frame_move_ref(to.Pointer, from.Pointer);
    }

    // JPEG's 4:2:0 wants even sides.
    private static unsafe (int Width, int Height) Size(FrameHandle frame) => (Math.Max(2, frame.Pointer->width & ~1), Math.Max(2, frame.Pointer->height & ~1));
}
