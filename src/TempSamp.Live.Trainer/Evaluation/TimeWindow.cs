namespace TempSamp.Live.Trainer;

/// <summary>From <paramref name="Start"/> to <paramref name="End"/>, in seconds and double precision: scores are compared with thresholds bit by bit.</summary>
internal readonly record struct TimeWindow(double Start, double End)
{
    /// <summary>Length; negative when reversed.</summary>
    public double Length => End - Start;

    /// <summary>Overlap over the sum of both lengths without it; how average precision measures.</summary>
    public double UnionIoU(TimeWindow other)
    {
        var common = Common(other);
        var union = Length + other.Length - common;
        return union > 0 ? common / union : 0;
    }

    /// <summary>Overlap over the hull of both; how recall measures. Equal to <see cref="UnionIoU"/> but for rounding.</summary>
    public double HullIoU(TimeWindow other)
    {
        var hull = Math.Max(End, other.End) - Math.Min(Start, other.Start);
        return hull > 0 ? Common(other) / hull : 0;
    }

    private double Common(TimeWindow other) => Math.Max(0, Math.Min(End, other.End) - Math.Max(Start, other.Start));
}

/// <summary>A window that was predicted.</summary>
/// <param name="Window">Where.</param>
/// <param name="Score">How sure; higher comes first.</param>
/// <param name="IsValid">Whether it is a window at all; one that is not matches nothing and still counts as an attempt.</param>
internal readonly record struct PredictedWindow(TimeWindow Window, double Score, bool IsValid);
