using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Packets in decoding order that wait until it is known which of them are needed.</summary>
internal sealed class HeldPackets
{
    private const int Most = 512; // 4 s at 120 pictures a second: more only come from a source whose decoding times stand still

    private readonly Queue<(MediaPacket Packet, bool IsCleanStart)> _packets = new();
    private MediaTime _newest;

    /// <summary>Adds the next one.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="isCleanStart">Whether it needs nothing from before it.</param>
    public void Add(MediaPacket packet, bool isCleanStart)
    {
        _packets.Enqueue((packet, isCleanStart));
        _newest = packet.Dts;
    }

    /// <summary>Whether every packet shown at or before a time is here: what comes later is decoded later, and nothing is shown before it is decoded.</summary>
    public bool HasAllUntil(MediaTime at) => _newest > at || _packets.Count >= Most;

    /// <summary>Presentation time of the picture on screen at a time; null when none of these is shown by then.</summary>
    public MediaTime? ShownAt(MediaTime at) => Extreme(pts => pts <= at, MediaTime.Max);

    /// <summary>The earliest presentation time; null when there are no packets.</summary>
    public MediaTime? First => Extreme(_ => true, MediaTime.Min);

    /// <summary>Drops what the picture on screen at a time can do without: all before the last clean start that is shown by then.</summary>
    public void DropBefore(MediaTime at)
    {
        var (needless, index) = (0, 0);
        foreach (var (packet, isCleanStart) in _packets)
        {
            if (isCleanStart && packet.Pts <= at) needless = index;
            index++;
        }

        for (; needless > 0; needless--) _packets.Dequeue();
    }

    /// <summary>Takes the next packet.</summary>
    public bool TryTake(out MediaPacket packet)
    {
        var taken = _packets.TryDequeue(out var next);
        packet = next.Packet;
        return taken;
    }

    private MediaTime? Extreme(Func<MediaTime, bool> counts, Func<MediaTime, MediaTime, MediaTime> better)
    {
        MediaTime? best = null;
        foreach (var (packet, _) in _packets)
            if (counts(packet.Pts)) best = best is { } b ? better(b, packet.Pts) : packet.Pts;
        return best;
    }
}
