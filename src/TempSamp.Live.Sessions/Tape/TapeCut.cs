using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>Chooses the packets of a range from the pieces of a tape.</summary>
internal static class TapeCut
{
    public static TapeSlice Slice(List<TapePiece> pieces, TimeRange range, MediaTime evictedTo)
    {
        var first = FirstPiece(pieces, range, evictedTo);
        var chosen = pieces.Skip(first).TakeWhile((piece, i) => i == 0 || piece.Start < range.End || IsTail(piece, range)).ToList();
        CheckContiguous(chosen, range);

        var tracks = TracksOf(chosen.Where(piece => piece.Start < range.End), range);
        var packets = new List<MediaPacket>();
        if (first > 0 && pieces[first - 1] is var before && before.Number == chosen[0].Number - 1 && before.Epoch == chosen[0].Epoch)
            packets.AddRange(before.Packets.Where(packet => IsAudio(tracks, packet) && packet.Pts >= chosen[0].Start && packet.Pts < range.End));
        packets.AddRange(chosen.SelectMany(piece => piece.Packets).Where(packet => IsWanted(tracks, packet, chosen[0].Start, range.End)));
        return new([.. tracks.Values.OrderBy(track => track.Index)], packets);
    }

    /// <summary>The piece whose key frame is the last at or before the range; where the stream starts inside the range, its first piece.</summary>
    private static int FirstPiece(List<TapePiece> pieces, TimeRange range, MediaTime evictedTo)
    {
        var first = pieces.FindLastIndex(piece => piece.Start <= range.Start);
        if (first >= 0 && pieces[first].End <= range.Start) first = pieces.FindIndex(piece => piece.Start > range.Start);
        else if (first < 0) first = pieces.FindIndex(piece => piece.Meets(range));

        if (first < 0 || pieces[first].Start >= range.End)
            throw range.Start < evictedTo ? Evicted(range, evictedTo) : NoKeyFrame(range);
        if (pieces[first].Start > range.Start && range.Start < evictedTo) throw Evicted(range, evictedTo);
        return first;
    }

    private static void CheckContiguous(List<TapePiece> chosen, TimeRange range)
    {
        for (var i = 1; i < chosen.Count; i++)
            if (chosen[i].Number != chosen[i - 1].Number + 1) throw Evicted(range, chosen[i].Start);
    }

    private static SortedDictionary<int, TrackFormat> TracksOf(IEnumerable<TapePiece> chosen, TimeRange range)
    {
        var tracks = new SortedDictionary<int, TrackFormat>();
        foreach (var (piece, track) in chosen.SelectMany(piece => piece.Tracks.Values.Select(track => (piece, track))))
        {
            if (tracks.TryAdd(track.Index, track) || PacketTape.IsSame(tracks[track.Index], track)) continue;
            throw new ClipException($"range {range}: the {track.Kind} parameters change at {piece.Start}, inside the clip; a copied clip cannot hold both", "format-changed");
        }
        return tracks;
    }

    /// <summary>The piece after the range's last one may hold its last audio and leading frames.</summary>
    private static bool IsTail(TapePiece piece, TimeRange range) => piece.Packets.Exists(packet => packet.Dts < range.End);

    private static bool IsWanted(SortedDictionary<int, TrackFormat> tracks, MediaPacket packet, MediaTime start, MediaTime end) =>
        tracks.ContainsKey(packet.Track) && (IsAudio(tracks, packet) ? packet.Pts + packet.Duration > start && packet.Pts < end : packet.Dts < end);

    private static bool IsAudio(SortedDictionary<int, TrackFormat> tracks, MediaPacket packet) =>
        tracks.TryGetValue(packet.Track, out var track) && track.Kind == TrackKind.Audio;

    private static ClipException Evicted(TimeRange range, MediaTime evictedTo) =>
        new($"range {range}: the tape no longer holds the stream before {evictedTo}; lengthen the tape (seconds or bytes) or ask for shorter clips", "evicted");

    private static ClipException NoKeyFrame(TimeRange range) =>
        new($"range {range}: the stream sent no key frame for it; have the encoder send one every few seconds", "no-key-frame");
}
