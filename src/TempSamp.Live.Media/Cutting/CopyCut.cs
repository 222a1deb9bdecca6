using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Cuts by copying packets: loses no quality, costs milliseconds, and starts at the key frame at or before the asked start.</summary>
internal static class CopyCut
{
    /// <summary>The pictures of a range: from the key frame at or before its start through everything needed to show its end.</summary>
    /// <param name="track">The video track.</param>
    /// <param name="video">Its packets in decoding order.</param>
    /// <param name="range">What must be shown.</param>
    /// <returns>The pictures; no sound yet.</returns>
    /// <exception cref="ClipException"><c>no-key-frame</c>: there is no key frame that the clip could start on.</exception>
    public static ClipContents Cut(TrackFormat track, IReadOnlyList<MediaPacket> video, TimeRange range)
    {
        var all = video.ToList();
        var first = KeyFor(all, range);
        var last = LastFor(all, first, range.End);
        var kept = all.GetRange(first, last - first + 1);
        kept.RemoveAll(p => p.Pts < all[first].Pts); // leading frames of an open GOP lean on pictures before the cut

        var final = kept.MaxBy(p => p.Pts)!;
        var next = all.Where(p => p.Pts > final.Pts).Select(p => (MediaTime?)p.Pts).Min();
        var actual = new TimeRange(kept[0].Pts, ShownRange.EndOf(final.Pts, next, final.Duration, track.FrameRate, asked: null));
        return new(ClipContents.Pictures(track, [.. kept.Select(p => new CodedPicture(p.Pts, p.IsKey, p.Data))], actual), [], actual);
    }

    private static int KeyFor(List<MediaPacket> video, TimeRange range)
    {
        var key = video.FindLastIndex(p => p.IsKey && p.Pts <= range.Start);
        if (key < 0) key = video.FindIndex(p => p.IsKey && p.Pts < range.End);
        return key >= 0 ? key
            : throw new ClipException($"A clip of {range} cannot be cut: the tape has no key frame before its end. Send key frames more often or keep a longer tape.", "no-key-frame");
    }

    // The last packet shown before the end, then on to whatever is shown between frames already taken: no hole before the last frame.
    private static int LastFor(List<MediaPacket> video, int first, MediaTime end)
    {
        var last = Math.Max(first, video.FindLastIndex(p => p.Pts < end));
        var shown = video.Skip(first).Take(last - first + 1).Max(p => p.Pts);
        return Math.Max(last, video.FindLastIndex(p => p.Pts < shown));
    }
}
