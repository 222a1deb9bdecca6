using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>
/// One group of pictures with the audio that was read during it; of a group that is too long, one part. Closed ones may lie on disk only. Touched under the
/// tape's lock, except for the packets of a closed piece, which no longer change.
/// </summary>
internal sealed class TapePiece
{
    private readonly Dictionary<int, TrackFormat> _tracks;
    private List<MediaPacket>? _packets;

    /// <summary>A piece that is being read.</summary>
    public TapePiece(long number, MediaPacket first)
    {
        (Number, Epoch, IsKey, Start, End, FirstDts) = (number, first.Epoch, first.IsKey, first.Pts, first.Pts, first.Dts);
        (_packets, _tracks) = ([], []);
    }

    /// <summary>A closed piece on disk.</summary>
    public TapePiece(PieceHead head, IEnumerable<TrackFormat> tracks, PieceLocation where)
    {
        (Number, Epoch, IsKey, Start, End, FirstDts, Bytes) = (head.Number, head.Epoch, head.IsKey, head.Start, head.End, head.FirstDts, head.Bytes);
        (_tracks, Location) = (tracks.ToDictionary(track => track.Index), where);
    }

    /// <summary>Pieces with consecutive numbers were read without a hole between them.</summary>
    public long Number { get; }

    public int Epoch { get; }

    /// <summary>Whether it begins with a key frame; else decoding must begin in a piece before.</summary>
    public bool IsKey { get; }

    /// <summary>Presentation time of its first video frame.</summary>
    public MediaTime Start { get; }

    /// <summary>End of the last shown video frame so far, with those that the next piece holds and that are shown before its key frame: they lean on this one.</summary>
    public MediaTime End { get; private set; }

    /// <summary>Lowest decoding time of its packets.</summary>
    public MediaTime FirstDts { get; private set; }

    /// <summary>Encoded bytes.</summary>
    public long Bytes { get; private set; }

    public IReadOnlyCollection<TrackFormat> Tracks => _tracks.Values;

    /// <summary>Where it lies on disk; null when it does not.</summary>
    public PieceLocation? Location { get; set; }

    /// <summary>Its packets in read order, when they are in memory.</summary>
    public IReadOnlyList<MediaPacket>? Packets => _packets;

    public PieceHead Head => new(Number, Epoch, IsKey, Start, End, FirstDts, Bytes);

    public void Add(MediaPacket packet, TrackFormat track)
    {
        _tracks[track.Index] = track;
        _packets!.Add(packet);
        Bytes += packet.Data.Length;
        FirstDts = MediaTime.Min(FirstDts, packet.Dts);
        if (track.Kind == TrackKind.Video) Show(packet);
    }

    /// <summary>A picture is shown that is this piece's, or the next one's and shown before that piece's start.</summary>
    public void Show(MediaPacket picture) => End = MediaTime.Max(End, picture.Pts + new MediaTime(Math.Max(picture.Duration.Ticks, 1)));

    /// <summary>Gives the memory of a piece back that lies on disk.</summary>
    public void Forget() => _packets = null;

    public bool Meets(TimeRange range) => Start < range.End && End > range.Start;
}

/// <summary>What is known of a piece without its packets.</summary>
internal readonly record struct PieceHead(long Number, int Epoch, bool IsKey, MediaTime Start, MediaTime End, MediaTime FirstDts, long Bytes);

/// <summary>Where a piece lies on disk.</summary>
internal sealed record PieceLocation(string File, long Offset, int Length);
