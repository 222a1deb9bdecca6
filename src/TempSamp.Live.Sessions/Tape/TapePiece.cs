using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>One GOP with the audio that was read during it. Touched only under the tape's lock.</summary>
internal sealed class TapePiece(long number, int epoch, MediaTime start)
{
    /// <summary>Pieces with consecutive numbers were read without a hole between them.</summary>
    public long Number { get; } = number;

    public int Epoch { get; } = epoch;

    /// <summary>Presentation time of the key frame.</summary>
    public MediaTime Start { get; } = start;

    /// <summary>End of the last shown video frame so far.</summary>
    public MediaTime End { get; private set; } = start;

    public long Bytes { get; private set; }

    public Dictionary<int, TrackFormat> Tracks { get; } = [];

    public List<MediaPacket> Packets { get; } = [];

    public void Add(MediaPacket packet, TrackFormat track)
    {
        Tracks[track.Index] = track;
        Packets.Add(packet);
        Bytes += packet.Data.Length;
        if (track.Kind == TrackKind.Video) End = MediaTime.Max(End, packet.Pts + new MediaTime(Math.Max(packet.Duration.Ticks, 1)));
    }

    public bool Meets(TimeRange range) => Start < range.End && End > range.Start;
}
