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
        using var picture = ShownPicture.Of(best, clip.Video.Format, mostWidth: int.MaxValue);
        JpegEncoder.Save(path, picture);
        return true;
    }

    private static bool Find(ClipContents clip, MediaTime wanted, long maxPixels, FrameHandle best)
    {
        var samples = clip.Video.Samples;
        var at = MediaTime.Max(clip.Actual.Start, MediaTime.Min(wanted, clip.Actual.End)) - clip.Actual.Start;
        var last = NearestTo(samples, at);
        var key = Enumerable.Range(0, last + 1).LastOrDefault(i => samples[i].IsKey);
        var shown = new MediaTime(samples[last].Pts);
        using var decoder = new PictureDecoder(clip.Video.Format, maxPixels);
        decoder.Decode(clip.PicturesFrom(key).Take(last - key + 1), new(new(long.MinValue / 2), shown + new MediaTime(1)), (frame, _) => Keep(frame, best), CancellationToken.None);
        return HasPicture(best);
    }

    private static int NearestTo(IReadOnlyList<ClipSample> samples, MediaTime at)
    {
        var nearest = 0;
        for (var i = 1; i < samples.Count; i++)
            if (Math.Abs(samples[i].Pts - at.Ticks) < Math.Abs(samples[nearest].Pts - at.Ticks)) nearest = i;
        return nearest;
    }

    private static unsafe bool HasPicture(FrameHandle frame) => frame.Pointer->width > 0;

    private static unsafe void Keep(FrameHandle from, FrameHandle to)
    {
        to.Clear();
        FFmpegException.Check(FFmpeg.AutoGen.ffmpeg.av_frame_ref(to.Pointer, from.Pointer), "av_frame_ref", "a frame");
    }
}
