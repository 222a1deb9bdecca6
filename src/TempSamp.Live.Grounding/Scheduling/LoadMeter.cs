namespace TempSamp.Live.Grounding;

/// <summary>Measures what the model's work costs. Pure.</summary>
internal sealed class LoadMeter
{
    // Weight of the newest batch in the average.
    private const double Newest = 0.1;

    /// <summary>Seconds that a unit of work takes; null before the first batch.</summary>
    public double? SecondsPerUnit { get; private set; }

    /// <summary>Takes a batch of so many units into account.</summary>
    public void Ran(double units, TimeSpan took)
    {
        if (units <= 0) return;
        var now = took.TotalSeconds / units;
        SecondsPerUnit = SecondsPerUnit is { } before ? before + Newest * (now - before) : now;
    }

    /// <summary>How many of the streams, the most urgent first, go into one batch: as many as take no longer than <paramref name="batch"/>, at least one.</summary>
    public int Fitting(IEnumerable<double> units, TimeSpan batch)
    {
        if (SecondsPerUnit is not { } unit) return 1;
        var (count, total) = (0, 0.0);
        foreach (var work in units)
        {
            total += work * unit;
            if (count > 0 && total > batch.TotalSeconds) break;
            count++;
        }
        return Math.Max(1, count);
    }
}
