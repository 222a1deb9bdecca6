using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Cuts H.264 and HEVC on the frame and copies nearly all of it. The few encoded pictures carry parameter sets of an id that the source leaves free, and the
/// file lists both: two encoders in one track that share an id are what breaks such files elsewhere.
/// </summary>
internal static class SmartCut
{
    /// <summary>The pictures of a range.</summary>
    /// <param name="runs">The packets of the video track in decoding order, a run for each of its formats.</param>
    /// <param name="range">Frames shown in it are kept.</param>
    /// <param name="encoders">Opens the encoder.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <returns>The pictures; no sound yet.</returns>
    /// <exception cref="NotSmartException">A rule speaks against it.</exception>
    public static ClipContents Cut(
        IReadOnlyList<FormatRun> runs, TimeRange range, EncoderChoice encoders, long maxPixels, CancellationToken cancel)
    {
        if (runs.Count > 1) throw new NotSmartException("format-change", $"another format begins at {runs[1].Packets[0].Pts}");
        var (track, video) = runs[0];
        var plan = SmartPlan.For(track, video, range);
        using var shaper = new PictureShaper(vertical: false, track.Rotation, track.PixelAspect);
        var seams = new Seams(track, plan, shaper, encoders, maxPixels, cancel);
        var head = seams.Encode(plan.HeadFeed, plan.Head);
        var copied = plan.Copied.Select((packet, i) => new CodedPicture(video[packet].Pts, plan.Pictures.IsEntry(packet), plan.Pictures.Copied(packet, isSeam: i == 0 && head.Count > 0)));
        var tail = seams.Encode(plan.TailFeed, plan.Tail);
        List<CodedPicture> all = [.. head, .. copied, .. tail];

        var last = all.Max(p => p.Pts);
        var next = video.Where(p => p.Pts > last).Select(p => (MediaTime?)p.Pts).Min();
        var length = video.First(p => p.Pts == last).Duration;
        var actual = new TimeRange(all.Min(p => p.Pts), ShownRange.EndOf(last, next, length, track.FrameRate, range.End));
        return new(ClipContents.Pictures(track with { CodecConfig = plan.Pictures.Configuration() }, all, actual), [], actual, head.Count, tail.Count);
    }

    /// <summary>Encodes head and tail, which share their parameter sets.</summary>
    private sealed class Seams(TrackFormat track, SmartPlan plan, PictureShaper shaper, EncoderChoice encoders, long maxPixels, CancellationToken cancel)
    {
        public IReadOnlyList<CodedPicture> Encode(IReadOnlyList<MediaPacket> feed, IReadOnlyList<MediaTime> wanted)
        {
            if (wanted.Count == 0) return [];
            var range = new TimeRange(wanted[0], wanted[^1] + new MediaTime(1));
            var run = ReencodedRun.Of([new(track, feed)], range, shaper, first => plan.Pictures.Open(encoders, first, track.FrameRate), maxPixels, cancel);
            if (run is null || run.Damaged > 0 || !run.Pictures.Select(p => p.Pts).SequenceEqual(wanted))
                throw new NotSmartException("undecodable", $"{run?.Pictures.Count ?? 0} of {wanted.Count} pictures from {wanted[0]} on decode without error");
            if ((run.Width, run.Height) != (track.Width, track.Height) && track.Width > 0)
                throw new NotSmartException("resolution", $"pictures are {run.Width}x{run.Height}, the track {track.Width}x{track.Height}");
            if (!plan.Pictures.TryTake(run.Headers))
                throw new NotSmartException("parameter-sets", "head and tail were encoded with different sets");
            return [.. run.Pictures.Select(p => p with { Data = plan.Pictures.Encoded(p.Data) })];
        }
    }
}
