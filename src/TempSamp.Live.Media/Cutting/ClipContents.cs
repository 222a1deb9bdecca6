using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A picture in its encoded form, in its place on the session's timeline.</summary>
internal readonly record struct CodedPicture(MediaTime Pts, bool IsKey, ReadOnlyMemory<byte> Data);

/// <summary>What is written of one packet. Times count from the clip's start in units of the track.</summary>
/// <param name="Pts">When it is shown or heard; negative for sound that only leads a decoder in.</param>
/// <param name="Dts">When it is decoded; rises strictly.</param>
/// <param name="Duration">Until the next is shown or heard.</param>
/// <param name="IsKey">Whether decoding can start here.</param>
/// <param name="Data">The encoded bytes.</param>
internal readonly record struct ClipSample(long Pts, long Dts, long Duration, bool IsKey, ReadOnlyMemory<byte> Data);

/// <summary>One track as it is written.</summary>
/// <param name="Format">What it carries.</param>
/// <param name="TicksPerSecond">Unit of its samples' times: <see cref="MediaTime.TicksPerSecond"/> for pictures, the sample rate for sound.</param>
/// <param name="Samples">In decoding order.</param>
internal sealed record ClipTrack(TrackFormat Format, int TicksPerSecond, IReadOnlyList<ClipSample> Samples);

/// <summary>Everything that a clip's file holds.</summary>
/// <param name="Video">The pictures; the first is a key frame, and the first shown is at time 0.</param>
/// <param name="Sound">Sound tracks.</param>
/// <param name="Actual">From the first frame shown to the end of the last, on the session's timeline.</param>
/// <param name="Head">How many pictures at the front were encoded again; all of them in an exact cut.</param>
/// <param name="Tail">How many pictures at the end were encoded again.</param>
internal sealed record ClipContents(ClipTrack Video, IReadOnlyList<ClipTrack> Sound, TimeRange Actual, int Head = 0, int Tail = 0)
{
    /// <summary>All tracks in the order of the file.</summary>
    public IEnumerable<ClipTrack> Tracks => Sound.Prepend(Video);

    /// <summary>The pictures from one on as packets on the clip's own times, to be decoded.</summary>
    public IEnumerable<MediaPacket> PicturesFrom(int first) =>
        Video.Samples.Skip(first).Select(s => new MediaPacket(0, 0, new(s.Pts), new(s.Dts), new(s.Duration), s.IsKey, s.Data));

    /// <summary>Puts pictures in decoding order onto the clip's own times: each lasts until the next, the last until the clip's end.</summary>
    public static ClipTrack Pictures(TrackFormat format, IReadOnlyList<CodedPicture> pictures, TimeRange actual)
    {
        var shown = Distinct(pictures.Select(p => p.Pts.Ticks - actual.Start.Ticks));
        var decoded = DecodingTimes.For(shown);
        var lengths = Lengths(shown, actual.Length.Ticks);
        return new(format, (int)MediaTime.TicksPerSecond, [.. pictures.Select((p, i) => new ClipSample(shown[i], decoded[i], lengths[i], p.IsKey, p.Data))]);
    }

    private static long[] Distinct(IEnumerable<long> pts)
    {
        var seen = new HashSet<long>();
        return [.. pts.Select(at =>
        {
            while (!seen.Add(at)) at++;
            return at;
        })];
    }

    private static long[] Lengths(long[] shown, long end)
    {
        var order = shown.Order().ToArray();
        var next = new Dictionary<long, long>(order.Length);
        for (var i = 0; i < order.Length; i++) next[order[i]] = i + 1 < order.Length ? order[i + 1] : end;
        return [.. shown.Select(at => Math.Max(1, next[at] - at))];
    }
}
