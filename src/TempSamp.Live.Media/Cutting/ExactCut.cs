using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Cuts by decoding and encoding every frame: whatever decodes can be cut on any frame.</summary>
internal static class ExactCut
{
    /// <summary>The pictures of a range.</summary>
    /// <param name="runs">The packets of the video track in decoding order, a run for each of its formats.</param>
    /// <param name="range">Frames shown in it are kept.</param>
    /// <param name="vertical">Whether the middle is cropped to 9:16.</param>
    /// <param name="encoders">Opens the encoder.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <returns>The pictures; no sound yet.</returns>
    /// <exception cref="ClipException"><c>cut-failed</c>: no frame of the range can be decoded.</exception>
    public static ClipContents Cut(
        IReadOnlyList<FormatRun> runs, TimeRange range, bool vertical, EncoderChoice encoders, long maxPixels, CancellationToken cancel)
    {
        var needed = From(runs, range.Start);
        var track = needed[0].Format;
        using var shaper = new PictureShaper(vertical, track.Rotation, track.PixelAspect);
        var run = ReencodedRun.Of(needed, range, shaper, first => encoders.OpenWhole(first, track.FrameRate), maxPixels, cancel)
            ?? throw new ClipException($"A clip of {range} cannot be cut: no frame of it can be decoded. The source is damaged or shows nothing there.", "cut-failed");

        var last = run.Pictures.Max(p => p.Pts);
        var length = needed.SelectMany(r => r.Packets).LastOrDefault(p => p.Pts == last)?.Duration ?? MediaTime.Zero;
        var actual = new TimeRange(run.Pictures.Min(p => p.Pts), ShownRange.EndOf(last, run.Next, length, track.FrameRate, range.End));
        var sets = ParameterSets.Of(run.Headers);
        var format = track with
        {
            Codec = "h264", CodecConfig = sets.ToBox(), Width = run.Width, Height = run.Height, Profile = run.Level.Profile, Level = run.Level.Level,
        };
        var pictures = run.Pictures.Select(p => p with { Data = NalUnits.ToSample(NalUnits.Split(p.Data, 0)) }).ToList();
        return new(ClipContents.Pictures(format, pictures, actual), [], actual, Head: pictures.Count);
    }

    // From the last key frame at or before the start; a stream that begins later is taken from its beginning.
    private static List<FormatRun> From(IReadOnlyList<FormatRun> runs, MediaTime start)
    {
        var (run, first) = (0, 0);
        for (var r = 0; r < runs.Count; r++)
        {
            for (var i = 0; i < runs[r].Packets.Count; i++)
                if (runs[r].Packets[i].IsKey && runs[r].Packets[i].Pts <= start) (run, first) = (r, i);
        }

        return [runs[run] with { Packets = [.. runs[run].Packets.Skip(first)] }, .. runs.Skip(run + 1)];
    }
}
