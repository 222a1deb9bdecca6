using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Cuts one sound track on sample boundaries. The packets are copied with one or a few before the start, at negative times that the file's edit list
/// hides: a decoder needs them to be right from the first sample on. What MP4 or its players do not take, and sound with holes, is encoded again as AAC.
/// </summary>
internal static class SoundCut
{
    private static readonly string[] s_copied = ["aac", "mp3", "opus", "ac3", "eac3"];

    /// <summary>Where the source's times and the count of samples may differ before the times win: rounding to milliseconds stays below, what is heard as out of sync above.</summary>
    private static readonly MediaTime s_slack = MediaTime.FromMilliseconds(10);

    /// <summary>Holes up to this are left to the player; longer ones are filled with silence.</summary>
    private static readonly MediaTime s_hole = MediaTime.FromMilliseconds(60);

    /// <summary>The sound of a range; null when none sounds in it.</summary>
    /// <param name="runs">The packets of the sound track, a run for each of its formats.</param>
    /// <param name="actual">What the clip shows.</param>
    /// <param name="check">Whether copied sound is decoded once; what does not decode is encoded again, with silence for what is lost.</param>
    /// <param name="cancel">Stops between packets.</param>
    /// <exception cref="FFmpegException">The sound cannot be copied, and not be decoded either.</exception>
    public static ClipTrack? Cut(IReadOnlyList<FormatRun> runs, TimeRange actual, bool check, CancellationToken cancel)
    {
        var wanted = runs.Select(run => run with { Packets = Wanted(run, actual) }).Where(run => run.Packets.Count > 0).ToList();
        if (wanted.Count == 0) return null;
        var (track, packets) = wanted[0];
        var copies = wanted.Count == 1 && CanCopy(track, packets) && !(check && SoundReencoding.IsDamaged(wanted[0]));
        return copies ? Copy(track, packets, actual) : SoundReencoding.Encode(wanted, actual, cancel);
    }

    // What sounds in the range, with what leads a decoder in.
    private static List<MediaPacket> Wanted(FormatRun run, TimeRange actual)
    {
        var sorted = run.Packets.OrderBy(p => p.Pts).ToList();
        var first = sorted.FindIndex(p => p.Pts + Length(p, run.Format) > actual.Start);
        return first < 0 || sorted[first].Pts >= actual.End ? []
            : [.. sorted.Skip(Math.Max(0, first - LeadIn(run.Format.Codec))).TakeWhile(p => p.Pts < actual.End)];
    }

    /// <summary>Whether MP4 and its players take the codec.</summary>
    public static bool CanHold(TrackFormat track) => s_copied.Contains(track.Codec) && track.SampleRate > 0;

    // Packets a decoder needs before it is right: the overlap of its transform, or the bits that it has saved up.
    private static int LeadIn(string codec) => codec switch
    {
        "mp3" => 4,
        "opus" => 4,
        _ => 1,
    };

    private static bool CanCopy(TrackFormat track, IReadOnlyList<MediaPacket> packets) =>
        CanHold(track) && IsDescribed(track, packets[0]) && !packets.Any(p => p.IsDamaged) && packets.Zip(packets.Skip(1)).All(pair => pair.Second.Pts - pair.First.Pts - Length(pair.First, track) < s_hole);

    // AAC without its configuration, which some publishers never send, plays nowhere; ADTS has it in each packet.
    private static bool IsDescribed(TrackFormat track, MediaPacket packet) =>
        track.Codec != "aac" || track.CodecConfig.Length >= 2 || packet.Data.Span is [0xFF, >= 0xF0, ..];

    private static ClipTrack? Copy(TrackFormat track, IReadOnlyList<MediaPacket> packets, TimeRange actual)
    {
        var end = ToSamples(actual.Length, track);
        var slack = ToSamples(s_slack, track);
        var samples = new List<ClipSample>(packets.Count);
        long? due = null;
        foreach (var packet in packets)
        {
            var length = LengthOf(packet, track);
            var said = ToSamples(packet.Pts - actual.Start, track);
            var at = due is { } counted && Math.Abs(said - counted) <= slack ? counted : said;
            if (at < due) continue; // said again what was said already
            if (samples.Count > 0) samples[^1] = samples[^1] with { Duration = at - samples[^1].Pts };
            if (at >= end) break;
            samples.Add(new(at, at, length, true, packet.Data));
            due = at + length;
        }

        if (samples.Count == 0) return null;
        samples[^1] = samples[^1] with { Duration = Math.Max(1, Math.Min(samples[^1].Duration, end - samples[^1].Pts)) };
        return new(track, track.SampleRate, samples);
    }

    private static MediaTime Length(MediaPacket packet, TrackFormat track) =>
        packet.Duration > MediaTime.Zero || track.SampleRate == 0 ? packet.Duration : MediaTime.FromSeconds((double)track.FrameSize / track.SampleRate);

    // Containers round lengths to milliseconds; the codec's own frame size is exact, where it is meant.
    private static long LengthOf(MediaPacket packet, TrackFormat track)
    {
        var said = ToSamples(Length(packet, track), track);
        return track.FrameSize > 0 && Math.Abs(said - track.FrameSize) < track.FrameSize / 4 ? track.FrameSize : Math.Max(1, said);
    }

    private static long ToSamples(MediaTime time, TrackFormat track) => (long)Math.Round(time.Ticks * (double)track.SampleRate / MediaTime.TicksPerSecond);
}
