using TempSamp.Live.Core;

namespace TempSamp.Live.Testing;

/// <summary>What the frames of a source are, and when on the session's timeline, as far as an outsider can tell.</summary>
/// <param name="Frames">As the ffmpeg program decodes them.</param>
/// <param name="At">Media time of each, in seconds.</param>
public sealed record CutTruth(DecodedFrames Frames, double[] At)
{
    /// <summary>Half a millisecond: containers round that much.</summary>
    public const double Rounding = 0.0006;

    /// <summary>
    /// Puts the program's frames onto the session's timeline: by their own times counted from the first packet's, as long as the source's times run on; where
    /// they do not, the n-th frame shown is the packet with the n-th time.
    /// </summary>
    /// <param name="source">The file as the service reads it.</param>
    /// <param name="frames">The file as the program decodes it.</param>
    /// <returns>Null where no one can tell: times jump or are missing, and frames are lost.</returns>
    public static CutTruth? Of(ReadSource source, DecodedFrames frames)
    {
        if (frames.Times.Length == 0 || source.Pictures.Count == 0) return null;
        if (source.RunsOn && FirstPacket(source.Path) is { } first && frames.Times.Zip(frames.Times.Skip(1)).All(pair => pair.First <= pair.Second))
            return new(frames, [.. frames.Times.Select(at => at - first + source.Pictures[0].Pts.Seconds)]);
        var shown = source.Pictures.Where(p => !p.IsHidden).Select(p => p.Pts.Seconds).Order().ToArray();
        return frames.Times.Length == shown.Length && shown.Distinct().Count() == shown.Length ? new(frames, shown) : null;
    }

    /// <summary>Numbers of the frames shown in a range: first and one past the last.</summary>
    public (int First, int End) In(TimeRange range)
    {
        var first = Array.FindIndex(At, at => at >= range.Start.Seconds - Rounding);
        var end = Array.FindIndex(At, at => at >= range.End.Seconds - Rounding);
        return first < 0 ? (0, 0) : (first, end < 0 ? At.Length : end);
    }

    private static double? FirstPacket(string path)
    {
        var (output, _, _) = MediaProgram.Run("ffprobe", "-v", "quiet", "-select_streams", "V:0", "-read_intervals", "%+#1", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path);
        var text = System.Text.Encoding.UTF8.GetString(output).Split('\n')[0].Trim(',', ' ', '\r');
        return double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var at) ? at : null;
    }
}
