using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A stream does not allow a smart cut. The message begins with the rule's name.</summary>
internal sealed class NotSmartException(string rule, string detail) : Exception($"{rule}: {detail}")
{
    /// <summary>Short name of the rule, such as <c>no-idr</c>.</summary>
    public string Rule { get; } = rule;
}

/// <summary>
/// Which pictures of an H.264 range are encoded again and which are copied. Decided before anything is encoded.
/// <code>
///            start                                        end
///   |I----------[---|I-----------|I-----------|I------PBB--]PBB
///   ^ HeadFeed   ^ Head ^ Copied ..................... ^ Tail, decoded from TailFeed
/// </code>
/// The head is everything before the first IDR picture; what follows an IDR leans on nothing before it. The tail is what is left of the range after
/// the longest run, in decoding order, that ends without a hole.
/// </summary>
/// <param name="Sets">Parameter sets of the source.</param>
/// <param name="FreeId">An id that they leave for the encoded pictures.</param>
/// <param name="HeadFeed">Packets to decode for the head; empty when the range starts on an IDR picture.</param>
/// <param name="Head">Times of the pictures to encode before the copied ones.</param>
/// <param name="Copied">Packets that are copied.</param>
/// <param name="TailFeed">Packets to decode for the tail; empty when the copied run reaches the end.</param>
/// <param name="Tail">Times of the pictures to encode after the copied ones.</param>
internal sealed record SmartPlan(
    ParameterSets Sets, int FreeId, IReadOnlyList<MediaPacket> HeadFeed, IReadOnlyList<MediaTime> Head,
    IReadOnlyList<MediaPacket> Copied, IReadOnlyList<MediaPacket> TailFeed, IReadOnlyList<MediaTime> Tail)
{
    /// <summary>Plans a cut.</summary>
    /// <param name="track">The video track.</param>
    /// <param name="video">Its packets in decoding order.</param>
    /// <param name="range">Frames shown in it are kept.</param>
    /// <exception cref="NotSmartException">A rule speaks against it.</exception>
    public static SmartPlan For(TrackFormat track, IReadOnlyList<MediaPacket> video, TimeRange range)
    {
        if (track.Codec != "h264") throw new NotSmartException("codec", $"{track.Codec} has no smart cut");
        var pictures = new H264Pictures(track, video);
        var idr = Enumerable.Range(0, video.Count).FirstOrDefault(i => !video[i].IsHidden && range.Contains(video[i].Pts) && pictures.IsIdr(i), -1);
        if (idr < 0) throw new NotSmartException("no-idr", "no IDR picture inside the range");

        var head = Times(video.Take(idr), range);
        var (end, tail) = SplitTail(video, idr, range);
        if (head.Exists(at => at >= video[idr].Pts) || video.Skip(idr + 1).Any(p => p.Pts <= video[idr].Pts && p.Pts >= range.Start))
            throw new NotSmartException("order", $"pictures are shown across the IDR picture at {video[idr].Pts}");

        if (video.Take(end).Skip(idr).FirstOrDefault(p => p.IsHidden) is { } hidden) throw new NotSmartException("hidden", $"a picture that is never shown at {hidden.Pts}");

        var headFrom = head.Count == 0 ? idr : KeyBefore(video, pictures, idr, range.Start);
        var tailFrom = LastIdr(pictures, idr, end);
        var lastNeeded = tail.Count == 0 ? end - 1 : LastOf(video, end, range);
        pictures.Check(headFrom, lastNeeded);
        var free = pictures.Sets.FreeId() ?? throw new NotSmartException("parameter-sets", "the source uses every parameter set id");
        return new(
            pictures.Sets, free, [.. video.Take(idr).Skip(headFrom)], head, [.. video.Take(end).Skip(idr)],
            tail.Count == 0 ? [] : [.. video.Take(lastNeeded + 1).Skip(tailFrom)], tail);
    }

    // The longest run from the IDR picture that shows no frame after the end and none after a frame that is left out.
    private static (int End, List<MediaTime> Tail) SplitTail(IReadOnlyList<MediaPacket> video, int idr, TimeRange range)
    {
        var earliestAfter = new MediaTime[video.Count + 1]; // the earliest frame of the range from here on
        earliestAfter[video.Count] = range.End;
        for (var i = video.Count - 1; i >= idr; i--) earliestAfter[i] = MediaTime.Min(earliestAfter[i + 1], MediaTime.Min(video[i].Pts, range.End));

        var (end, latest) = (idr + 1, new MediaTime(long.MinValue));
        for (var i = idr; i < video.Count && video[i].Pts < range.End; i++)
        {
            latest = MediaTime.Max(latest, video[i].Pts);
            if (latest < earliestAfter[i + 1]) end = i + 1;
        }

        return (end, Times(video.Skip(end), range));
    }

    private static List<MediaTime> Times(IEnumerable<MediaPacket> video, TimeRange range) => [.. video.Where(p => !p.IsHidden && range.Contains(p.Pts)).Select(p => p.Pts).Order()];

    private static int KeyBefore(IReadOnlyList<MediaPacket> video, H264Pictures pictures, int idr, MediaTime start)
    {
        for (var i = idr - 1; i >= 0; i--)
            if (pictures.IsIdr(i) && video[i].Pts <= start) return i;
        return 0;
    }

    private static int LastIdr(H264Pictures pictures, int idr, int end)
    {
        for (var i = end - 1; i > idr; i--)
            if (pictures.IsIdr(i)) return i;
        return idr;
    }

    private static int LastOf(IReadOnlyList<MediaPacket> video, int from, TimeRange range)
    {
        var last = from;
        for (var i = from; i < video.Count; i++)
            if (range.Contains(video[i].Pts)) last = i;
        return last;
    }
}
