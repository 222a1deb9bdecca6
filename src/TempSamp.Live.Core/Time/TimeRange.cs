namespace TempSamp.Live.Core;

/// <summary>A half-open range [<paramref name="Start"/>, <paramref name="End"/>) of media time.</summary>
public readonly record struct TimeRange(MediaTime Start, MediaTime End)
{
    /// <summary>The range between two numbers of seconds.</summary>
    public static TimeRange FromSeconds(double start, double end) => new(MediaTime.FromSeconds(start), MediaTime.FromSeconds(end));

    /// <summary>Length; zero for an empty or reversed range.</summary>
    public MediaTime Length => End > Start ? End - Start : MediaTime.Zero;

    /// <summary>Whether the range holds no instant.</summary>
    public bool IsEmpty => End <= Start;

    /// <summary>Whether <paramref name="at"/> lies in the range.</summary>
    public bool Contains(MediaTime at) => at >= Start && at < End;

    /// <summary>The common part; empty when the ranges do not meet.</summary>
    public TimeRange Intersect(TimeRange other)
    {
        var start = MediaTime.Max(Start, other.Start);
        return new(start, MediaTime.Max(start, MediaTime.Min(End, other.End)));
    }

    /// <summary>The smallest range that holds both.</summary>
    public TimeRange Hull(TimeRange other) => new(MediaTime.Min(Start, other.Start), MediaTime.Max(End, other.End));

    /// <summary>Temporal intersection over union in [0, 1]: 0 for empty, reversed or disjoint ranges.</summary>
    public double IoU(TimeRange other)
    {
        if (IsEmpty || other.IsEmpty) return 0;
        var inter = Intersect(other).Length.Ticks;
        return inter == 0 ? 0 : (double)inter / (Length.Ticks + other.Length.Ticks - inter);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Start}-{End}";
}
