using System.Runtime.ExceptionServices;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Reads the next packet; false at the end.</summary>
internal delegate bool PacketRead(out SourcePacket packet);

/// <summary>
/// Dates packets with their arrival. What comes in a burst, at connecting, after a silence or where the source begins anew, is held until the burst is over, so
/// that its first packet can be dated as if it had come in time: by that the clock tells a source that catches up from one whose times stood still.
/// </summary>
/// <remarks>Blocking; used from one thread.</remarks>
internal sealed class ArrivalReader(PacketRead read, TimeProvider time)
{
    /// <summary>A longer pause between packets is a silence.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);

    /// <summary>How long packets must come at their own pace before a burst counts as over, and the longest that one is waited for.</summary>
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(0.25), s_longest = TimeSpan.FromSeconds(2);

    /// <summary>Packets that come faster than this many seconds a second are a burst.</summary>
    private const double FastestPace = 1.5;

    /// <summary>A longer step back, or on without time passing, is none that a playing source makes.</summary>
    private static readonly TimeSpan s_jump = TimeSpan.FromSeconds(1);

    private const long MostHeldBytes = 32 << 20;

    private readonly long _origin = time.GetTimestamp();
    private readonly Queue<SourcePacket> _held = new();
    private ExceptionDispatchInfo? _failure;
    private readonly Dictionary<int, (SourceTime Time, TimeSpan Arrival)> _before = [];
    private TimeSpan? _last;

    /// <summary>Time on the clock that arrivals are written in.</summary>
    public TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>Reads the next packet, with its arrival.</summary>
    /// <returns>False at the end of the input.</returns>
    public bool TryRead(out SourcePacket packet)
    {
        if (_held.TryDequeue(out packet)) return true;
        _failure?.Throw();
        if (!read(out packet)) return false;
        var now = Now;
        if (_last is { } last && now - last < s_silence && !Jumps(packet, now))
        {
            packet = At(packet, now);
            return true;
        }

        Hold(packet, now);
        packet = _held.Dequeue();
        return true;
    }

    private void Hold(SourcePacket first, TimeSpan began)
    {
        var (lead, calmSince, bytes) = (TimeSpan.Zero, began, 0L);
        var silence = began - _last;
        var burst = new List<(SourcePacket Packet, TimeSpan Arrival)> { (first, began) };
        try
        {
            while (read(out var next))
            {
                var now = Now;
                burst.Add((next, now));
                bytes += next.Data.Length;
                if (Ahead(burst[^2].Packet, next) is { } step && step > s_silence) break;   // its times jump: what comes after says nothing of before
                if (Ahead(first, next) is { } played && played - (now - began) > lead)
                {
                    var gained = played - (now - began) - lead;
                    lead += gained;
                    if (gained > (now - calmSince) * (FastestPace - 1)) calmSince = now;
                }

                if (now - calmSince >= s_calm || now - began >= s_longest || lead >= silence || bytes > MostHeldBytes) break;
            }
        }
        catch (StreamException e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }

        foreach (var (packet, arrival) in burst) _held.Enqueue(At(packet, Dated(packet, arrival)));

        TimeSpan Dated(SourcePacket packet, TimeSpan arrival) => Ahead(first, packet) is { } played && began - lead + played < arrival ? began - lead + played : arrival;
    }

    private SourcePacket At(SourcePacket packet, TimeSpan arrival)
    {
        (_last, _before[packet.Time.Track]) = (arrival, (packet.Time, arrival));
        return packet with { Time = packet.Time with { Arrival = arrival } };
    }

    // A step of its track's times that nobody waited for: the source began anew, and what comes first may have waited for the connection.
    private bool Jumps(SourcePacket packet, TimeSpan now) => _before.TryGetValue(packet.Time.Track, out var before) && Seconds(before.Time) is { } last && Seconds(packet.Time) is { } at
        && (at - last < -s_jump.TotalSeconds || at - last - (now - before.Arrival).TotalSeconds > s_jump.TotalSeconds);

    // How much later than another a packet plays; null where that cannot be said. Tracks of one input count from the same start.
    private static TimeSpan? Ahead(SourcePacket first, SourcePacket packet)
    {
        if (Seconds(first.Time) is not { } start || Seconds(packet.Time) is not { } at) return null;
        var played = at - start;
        return played is >= -1 and <= 3600 ? TimeSpan.FromSeconds(played) : null;
    }

    private static double? Seconds(SourceTime time) => (double?)(time.Dts ?? time.Pts) * time.Num / time.Den;
}
