using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>The packets of several playlists of one stream in one order: by their runs of timestamps, and inside a run by time.</summary>
/// <remarks>
/// Lists of one stream break at the same places of the programme, if not at the same instant: the one that has not come to the break yet goes first. A list that
/// plays on for two seconds is taken to have no such break, so that it keeps nobody waiting.
/// </remarks>
internal sealed class PacketMerge
{
    private static readonly TimeSpan s_farthestApart = TimeSpan.FromSeconds(2);

    private readonly List<Lane> _lanes = [];
    private int _run;

    /// <summary>Adds a playlist. The first one is the picture's.</summary>
    public void Add(HlsReader reader) => _lanes.Add(new Lane(reader));

    /// <summary>The reader that gives the next packet, and whether it is the first behind a break; null at the end of all.</summary>
    public (HlsReader Reader, bool IsBreak)? Next()
    {
        var lanes = _lanes.Where(lane => lane.Look()).ToList();
        if (lanes.Count == 0) return null;
        var newest = lanes.MaxBy(lane => lane.Run)!;
        foreach (var lane in lanes) lane.Follow(newest, s_farthestApart);
        var next = lanes.Aggregate((first, lane) => lane.IsBefore(first) ? lane : first);
        var isBreak = next.Run > _run;
        _run = Math.Max(_run, next.Run);
        return (next.Reader, isBreak);
    }

    /// <summary>How many seconds later a is than b; times that wrap are compared the short way round.</summary>
    public static double Seconds(SourceTime a, SourceTime b)
    {
        static double At(SourceTime time) => (double)(time.Dts ?? time.Pts ?? 0) * time.Num / time.Den;
        var difference = At(a) - At(b);
        if (a.WrapBits is <= 0 or >= 63 && b.WrapBits is <= 0 or >= 63) return difference;
        var unit = a.WrapBits is > 0 and < 63 ? a : b;
        return Math.IEEERemainder(difference, Math.Pow(2, unit.WrapBits) * unit.Num / unit.Den);
    }

    private sealed class Lane(HlsReader reader)
    {
        private int _breaks, _presumed;
        private double _shift;
        private SourceTime? _behindSince;

        public HlsReader Reader => reader;

        public int Run => _breaks + _presumed;

        private SourceTime Time => reader.Peek()!.Value.Time;

        // Whether there is a packet. A break of its own is the one that was presumed, if one was.
        public bool Look()
        {
            if (reader.Peek() is null) return false;
            if (reader.Breaks == _breaks) return true;
            _presumed = Math.Max(0, _presumed - (reader.Breaks - _breaks));
            (_breaks, _shift) = (reader.Breaks, 0);
            return true;
        }

        public void Follow(Lane newest, TimeSpan most)
        {
            if (Run == newest.Run) _behindSince = null;
            else if (Seconds(Time, _behindSince ??= Time) is var behind && Math.Abs(behind) > most.TotalSeconds)
                (_presumed, _shift, _behindSince) = (newest.Run - _breaks, Seconds(newest.Time, Time) + newest._shift, null);
        }

        public bool IsBefore(Lane other) => Run < other.Run || (Run == other.Run && Seconds(Time, other.Time) + _shift - other._shift < 0);
    }
}
