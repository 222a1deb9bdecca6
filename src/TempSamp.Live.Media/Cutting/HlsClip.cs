using System.Globalization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A clip as HLS: a playlist, and one fragmented MP4 of which each segment is a range of bytes.</summary>
/// <remarks>Players of HLS know no edit list: nothing is at a time before 0 here, and sound has no packets that only lead in.</remarks>
internal static class HlsClip
{
    private const string Segments = ".hls.mp4";

    /// <summary>Writes both files.</summary>
    /// <param name="clip">What they hold.</param>
    /// <param name="playlist">The playlist; the other file's name begins with its name.</param>
    /// <param name="segment">Shortest segment; each begins on a key frame.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <returns>The second file.</returns>
    /// <exception cref="FFmpegException">They cannot be written.</exception>
    public static string Write(ClipContents clip, string playlist, TimeSpan segment, CancellationToken cancel)
    {
        var media = Path.ChangeExtension(playlist, Segments);
        using var muxer = MuxerHandle.Open($"file:{playlist}", $"'{playlist}'", "hls");
        ClipMuxer.Write(muxer, Shifted(clip), [
            new("hls_time", segment.TotalSeconds.ToString(CultureInfo.InvariantCulture)), new("hls_playlist_type", "vod"), new("hls_list_size", "0"),
            new("hls_segment_type", "fmp4"), new("hls_flags", "single_file+independent_segments"), new("hls_segment_filename", media)], cancel);
        // libav reports the loss of a playlist in its log only.
        return File.Exists(playlist) && File.Exists(media) ? media : throw new IOException($"'{playlist}' was not written.");
    }

    // Decoding times of reordered pictures start before 0: everything moves by as much.
    private static IEnumerable<ClipTrack> Shifted(ClipContents clip)
    {
        var shift = -Math.Min(0, clip.Video.Samples[0].Dts);
        return clip.Tracks.Select(track =>
        {
            var by = (long)Math.Round(shift * (double)track.TicksPerSecond / MediaTime.TicksPerSecond);
            var heard = track.Format.Kind == TrackKind.Video ? track.Samples : track.Samples.Where(s => s.Pts + (s.Duration / 2) >= 0);
            return track with { Samples = [.. heard.Select(s => s with { Pts = s.Pts + by, Dts = s.Dts + by })] };
        });
    }
}
