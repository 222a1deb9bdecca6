using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Which packets a stream-copied clip holds.</summary>
/// <param name="Tracks">The clip's tracks: one video, at most one audio.</param>
/// <param name="Video">Video packets in decoding order; the first is a key frame, and no frame between the first and the last shown is missing.</param>
/// <param name="Audio">Audio packets that sound at some time of <see cref="Actual"/>, in order.</param>
/// <param name="Actual">From the first frame shown to the end of the last.</param>
internal sealed record CopyPlan(IReadOnlyList<TrackFormat> Tracks, IReadOnlyList<MediaPacket> Video, IReadOnlyList<MediaPacket> Audio, TimeRange Actual)
{
    /// <summary>Chooses the packets for a range: from the key frame at or before its start through everything needed to show its end.</summary>
    /// <exception cref="ClipException"><c>no-key-frame</c>: the tape has no key frame that the clip could start on.</exception>
    public static CopyPlan For(TapeSlice slice, TimeRange range)
    {
        var track = slice.Tracks.FirstOrDefault(t => t.Kind == TrackKind.Video)
            ?? throw new ClipException($"A clip of {range} cannot be cut: the stream has no video. Check the source.", "no-key-frame");
        var all = slice.Packets.Where(p => p.Track == track.Index).ToList();
        var first = KeyFor(all, range);
        var last = LastFor(all, first, range.End);
        var video = all.GetRange(first, last - first + 1);
        video.RemoveAll(p => p.Pts < all[first].Pts); // leading frames of an open GOP lean on pictures before the cut

        var actual = new TimeRange(video[0].Pts, EndOf(video, all, track));
        var sound = slice.Tracks.FirstOrDefault(t => t.Kind == TrackKind.Audio);
        var audio = sound is null ? [] : slice.Packets.Where(p => p.Track == sound.Index && p.Pts + LengthOf(p, sound) > actual.Start && p.Pts < actual.End).ToList();
        return new CopyPlan(sound is null || audio.Count == 0 ? [track] : [track, sound], video, audio, actual);
    }

    /// <summary>Length of an audio packet, from its samples when the source does not say.</summary>
    public static MediaTime LengthOf(MediaPacket packet, TrackFormat sound) =>
        packet.Duration > MediaTime.Zero || sound.SampleRate == 0 ? packet.Duration : MediaTime.FromSeconds((double)sound.FrameSize / sound.SampleRate);

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

    private static MediaTime EndOf(List<MediaPacket> video, List<MediaPacket> all, TrackFormat track)
    {
        var final = video.MaxBy(p => p.Pts)!;
        if (final.Duration > MediaTime.Zero) return final.Pts + final.Duration;
        var next = all.Where(p => p.Pts > final.Pts).Select(p => (MediaTime?)p.Pts).Min();
        return next ?? final.Pts + MediaTime.FromSeconds(track.FrameRate > 0 ? 1 / track.FrameRate : 0.04);
    }
}
