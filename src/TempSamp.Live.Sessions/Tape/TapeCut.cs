using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>Chooses the pieces of a range, and the packets of the pieces.</summary>
internal static class TapeCut
{
    /// <summary>The pieces that hold a range, in order, and the piece before them, whose last packets may be sound of their time.</summary>
    public static (TapePiece? Before, List<TapePiece> Chosen) Choose(List<TapePiece> pieces, TimeRange range, MediaTime evictedTo)
    {
        var first = FirstPiece(pieces, range, evictedTo);
        var chosen = pieces.Skip(first).TakeWhile((piece, i) => i == 0 || piece.Start < range.End || IsTail(piece, range)).ToList();
        CheckContiguous(chosen, range);
        var before = first > 0 && pieces[first - 1].Number == chosen[0].Number - 1 && pieces[first - 1].Epoch == chosen[0].Epoch ? pieces[first - 1] : null;
        return (before, chosen);
    }

    /// <summary>The packets of a range, once the chosen pieces are in memory.</summary>
    public static TapeSlice Slice((TapePiece Piece, IReadOnlyList<MediaPacket> Packets)? before, IReadOnlyList<(TapePiece Piece, IReadOnlyList<MediaPacket> Packets)> chosen, TimeRange range)
    {
        var (tracks, changes) = TracksOf(chosen.Select(part => part.Piece), range);
        var start = chosen[0].Piece.Start;
        var packets = new List<MediaPacket>();
        if (before is { } early) packets.AddRange(early.Packets.Where(packet => IsAudio(tracks, packet) && packet.Pts >= start && packet.Pts < range.End));
        packets.AddRange(chosen.SelectMany(part => part.Packets).Where(packet => IsWanted(tracks, packet, start, range.End)));
        return new([.. tracks.Values], packets) { Changes = changes };
    }

    /// <summary>The refusal of a range that the tape holds no longer.</summary>
    public static ClipException Evicted(TimeRange range, MediaTime evictedTo) =>
        new($"range {range}: the tape no longer holds the stream before {evictedTo}; lengthen the tape ({TapeOptions.Section}:Length and its bytes) or ask for shorter clips", "evicted");

    /// <summary>The piece whose key frame is the last at or before the range; where the stream starts inside the range, its first piece.</summary>
    private static int FirstPiece(List<TapePiece> pieces, TimeRange range, MediaTime evictedTo)
    {
        var first = pieces.FindLastIndex(piece => piece.Start <= range.Start);
        if (first >= 0 && pieces[first].End <= range.Start) first = pieces.FindIndex(piece => piece.Start > range.Start);
        else if (first < 0) first = pieces.FindIndex(piece => piece.Meets(range));

        if (first < 0 || pieces[first].Start >= range.End)
            throw range.Start < evictedTo ? Evicted(range, evictedTo) : NoKeyFrame(range);
        if (pieces[first].Start > range.Start && range.Start < evictedTo) throw Evicted(range, evictedTo);
        return KeyPiece(pieces, first, range, evictedTo);
    }

    // A part of a long group needs the parts before it, back to the key frame.
    private static int KeyPiece(List<TapePiece> pieces, int first, TimeRange range, MediaTime evictedTo)
    {
        while (!pieces[first].IsKey)
        {
            if (first == 0 || pieces[first - 1].Number != pieces[first].Number - 1)
                throw new ClipException($"range {range}: its group of pictures began before {MediaTime.Max(evictedTo, pieces[first].Start)}, where the tape ends; there is no random access in this stream: have the encoder send a key frame every few seconds, or lengthen the tape", "no-random-access");
            first--;
        }
        return first;
    }

    private static void CheckContiguous(List<TapePiece> chosen, TimeRange range)
    {
        for (var i = 1; i < chosen.Count; i++)
            if (chosen[i].Number != chosen[i - 1].Number + 1) throw Evicted(range, chosen[i].Start);
    }

    // The formats at the start, and those that take their place later. What follows the range changes nothing.
    private static (SortedDictionary<int, TrackFormat> Tracks, List<(int Epoch, TrackFormat Format)> Changes) TracksOf(IEnumerable<TapePiece> chosen, TimeRange range)
    {
        var (tracks, newest, changes) = (new SortedDictionary<int, TrackFormat>(), new Dictionary<int, TrackFormat>(), new List<(int, TrackFormat)>());
        foreach (var (piece, track) in chosen.SelectMany(piece => piece.Tracks.Select(track => (piece, track))))
        {
            if (piece.Start >= range.End && track.Kind == TrackKind.Video) continue;
            if (tracks.TryAdd(track.Index, track)) newest[track.Index] = track;
            else if (piece.Start < range.End && !PacketTape.IsSame(newest[track.Index], track)) changes.Add((piece.Epoch, newest[track.Index] = track));
        }
        return (tracks, changes);
    }

    /// <summary>The piece after the range's last one may hold its last audio and leading frames.</summary>
    private static bool IsTail(TapePiece piece, TimeRange range) => piece.FirstDts < range.End;

    private static bool IsWanted(SortedDictionary<int, TrackFormat> tracks, MediaPacket packet, MediaTime start, MediaTime end) =>
        tracks.ContainsKey(packet.Track) && (IsAudio(tracks, packet) ? packet.Pts + packet.Duration > start && packet.Pts < end : packet.Dts < end);

    private static bool IsAudio(SortedDictionary<int, TrackFormat> tracks, MediaPacket packet) =>
        tracks.TryGetValue(packet.Track, out var track) && track.Kind == TrackKind.Audio;

    private static ClipException NoKeyFrame(TimeRange range) =>
        new($"range {range}: the stream sent no key frame for it; have the encoder send one every few seconds", "no-key-frame");
}
