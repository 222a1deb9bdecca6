using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A stream does not allow a smart cut. The message begins with the rule's name.</summary>
internal sealed class NotSmartException(string rule, string detail) : Exception($"{rule}: {detail}")
{
    /// <summary>Short name of the rule, such as <c>no-idr</c>.</summary>
    public string Rule { get; } = rule;
}

/// <summary>
/// Which pictures of a range are encoded again and which are copied. Decided before anything is encoded.
/// <code>
///            start                                        end
///   |I----------[---|I-----------|I-----------|I------PBB--]PBB
///   ^ HeadFeed   ^ Head ^ Copied ..................... ^ Tail, decoded from TailFeed
/// </code>
/// The head is everything shown before the first entry: an IDR picture, or one of HEVC's that pictures shown before it lean over. The tail is what is left of the
/// range after the longest run, in decoding order, that ends without a hole.
/// </summary>
/// <param name="Pictures">The source's packets, checked.</param>
/// <param name="HeadFeed">Packets to decode for the head; empty when the range starts on an entry.</param>
/// <param name="Head">Times of the pictures to encode before the copied ones.</param>
/// <param name="Copied">Numbers of the packets that are copied.</param>
/// <param name="TailFeed">Packets to decode for the tail; empty when the copied run reaches the end.</param>
/// <param name="Tail">Times of the pictures to encode after the copied ones.</param>
internal sealed record SmartPlan(
    SmartPictures Pictures, IReadOnlyList<MediaPacket> HeadFeed, IReadOnlyList<MediaTime> Head,
    IReadOnlyList<int> Copied, IReadOnlyList<MediaPacket> TailFeed, IReadOnlyList<MediaTime> Tail)
{
    /// <summary>Plans a cut.</summary>
    /// <param name="track">The video track.</param>
    /// <param name="video">Its packets in decoding order.</param>
    /// <param name="range">Frames shown in it are kept.</param>
    /// <exception cref="NotSmartException">A rule speaks against it.</exception>
    public static SmartPlan For(TrackFormat track, IReadOnlyList<MediaPacket> video, TimeRange range)
    {
        var pictures = SmartPictures.Of(track, video);
        var entry = Enumerable.Range(0, video.Count).FirstOrDefault(i => !video[i].IsHidden && range.Contains(video[i].Pts) && pictures.IsEntry(i), -1);
        if (entry < 0) throw new NotSmartException("no-idr", "no IDR picture inside the range");
        var follows = entry + 1; // the first packet that is not shown before the entry
        while (follows < video.Count && pictures.LeadsIn(follows)) follows++;

        var head = Times(video.Take(follows).Where((_, i) => i != entry), range);
        var (end, tail) = SplitTail(video, entry, follows, range);
        if (head.Exists(at => at >= video[entry].Pts) || video.Skip(follows).Any(p => p.Pts <= video[entry].Pts && p.Pts >= range.Start))
            throw new NotSmartException("order", $"pictures are shown across the IDR picture at {video[entry].Pts}");

        int[] copied = [entry, .. Enumerable.Range(follows, end - follows)];
        if (copied.Select(i => video[i]).FirstOrDefault(p => p.IsHidden) is { } hidden) throw new NotSmartException("hidden", $"a picture that is never shown at {hidden.Pts}");

        var headFrom = head.Count == 0 ? entry : EntryBefore(video, pictures, entry, range.Start);
        var tailFrom = tail.Count == 0 ? entry : EntryWithin(video, pictures, entry, end, tail[0]);
        var lastNeeded = tail.Count == 0 ? end - 1 : LastOf(video, end, range);
        pictures.Check(headFrom, lastNeeded);
        return new(
            pictures, head.Count == 0 ? [] : [.. video.Take(follows > entry + 1 ? follows : entry).Skip(headFrom)], head, copied,
            tail.Count == 0 ? [] : [.. video.Take(lastNeeded + 1).Skip(tailFrom)], tail);
    }

    // The longest run from the entry that shows no frame after the end and none after a frame that is left out.
    private static (int End, List<MediaTime> Tail) SplitTail(IReadOnlyList<MediaPacket> video, int entry, int follows, TimeRange range)
    {
        var earliestAfter = new MediaTime[video.Count + 1]; // the earliest frame of the range from here on
        earliestAfter[video.Count] = range.End;
        for (var i = video.Count - 1; i >= follows; i--) earliestAfter[i] = MediaTime.Min(earliestAfter[i + 1], MediaTime.Min(video[i].Pts, range.End));

        var (end, latest) = (follows, video[entry].Pts);
        for (var i = follows; i < video.Count && video[i].Pts < range.End; i++)
        {
            latest = MediaTime.Max(latest, video[i].Pts);
            if (latest < earliestAfter[i + 1]) end = i + 1;
        }

        return (end, Times(video.Skip(end), range));
    }

    private static List<MediaTime> Times(IEnumerable<MediaPacket> video, TimeRange range) => [.. video.Where(p => !p.IsHidden && range.Contains(p.Pts)).Select(p => p.Pts).Order()];

    private static int EntryBefore(IReadOnlyList<MediaPacket> video, SmartPictures pictures, int entry, MediaTime start)
    {
        for (var i = entry - 1; i >= 0; i--)
            if (pictures.IsEntry(i) && video[i].Pts <= start) return i;
        return 0;
    }

    // The last entry of the copied run that is shown before the tail.
    private static int EntryWithin(IReadOnlyList<MediaPacket> video, SmartPictures pictures, int entry, int end, MediaTime tail)
    {
        for (var i = end - 1; i > entry; i--)
            if (pictures.IsEntry(i) && video[i].Pts <= tail) return i;
        return entry;
    }

    private static int LastOf(IReadOnlyList<MediaPacket> video, int from, TimeRange range)
    {
        var last = from;
        for (var i = from; i < video.Count; i++)
            if (range.Contains(video[i].Pts)) last = i;
        return last;
    }
}
