using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Decodes the frame of a clip nearest to an instant and writes it as JPEG, as large as it is shown.</summary>
internal static class Poster
{
    /// <summary>Writes the poster.</summary>
    /// <returns>False when no frame could be decoded.</returns>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode the track.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static bool Save(ClipContents clip, MediaTime at, long maxPixels, string path)
    {
        using var best = FrameHandle.Alloc();
        if (!Find(clip, at, maxPixels, best)) return false;
        var picture = ShownPicture.Of(best, clip.Video.Format, mostWidth: int.MaxValue);
        JpegEncoder.Save(path, picture.Rgb, picture.Width, picture.Height);
        return true;
    }

    private static bool Find(ClipContents clip, MediaTime wanted, long maxPixels, FrameHandle best)
    {
        var samples = clip.Video.Samples;
        var at = MediaTime.Max(clip.Actual.Start, MediaTime.Min(wanted, clip.Actual.End)) - clip.Actual.Start;
        var key = Enumerable.Range(0, samples.Count).LastOrDefault(i => samples[i].IsKey && samples[i].Pts <= at.Ticks);
        using var decoder = new PictureDecoder(clip.Video.Format, maxPixels);
        long? nearest = null;
        // One frame after the wanted instant may be nearer than the last before it.
        var after = samples.Where(s => s.Pts > at.Ticks).Select(s => s.Pts).DefaultIfEmpty(at.Ticks).Min();
        decoder.Decode(clip.PicturesFrom(key), new(new(long.MinValue / 2), new(after + 1)), (frame, shown) =>
        {
            var distance = Math.Abs(shown.Ticks - at.Ticks);
            if (distance >= nearest) return;
            nearest = distance;
            Keep(frame, best);
        }, CancellationToken.None);
        return nearest is not null;
    }

    private static unsafe void Keep(FrameHandle from, FrameHandle to)
    {
        to.Clear();
        FFmpegException.Check(FFmpeg.AutoGen.ffmpeg.av_frame_ref(to.Pointer, from.Pointer), "av_frame_ref", "a frame");
    }
}
