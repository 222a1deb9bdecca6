namespace TempSamp.Live.Grounding;

/// <summary>A rising line through knots that maps what a model says to what turned out to be true; flat before the first and behind the last.</summary>
/// <param name="From">Values as the model gives them, rising.</param>
/// <param name="To">What they are worth, in [0, 1], never falling.</param>
public sealed record CalibrationCurve(IReadOnlyList<double> From, IReadOnlyList<double> To)
{
    /// <summary>What a value is worth.</summary>
    public double this[double value]
    {
        get
        {
            if (value <= From[0]) return To[0];
            if (value >= From[^1]) return To[^1];
            var above = Enumerable.Range(1, From.Count - 1).First(i => From[i] >= value);
            var share = (value - From[above - 1]) / (From[above] - From[above - 1]);
            return To[above - 1] + share * (To[above] - To[above - 1]);
        }
    }

    /// <summary>Fits the best rising steps to samples (isotonic regression by pooling neighbours that fall), and joins their middles.</summary>
    /// <param name="samples">Values and what was true of them, in [0, 1].</param>
    /// <param name="portion">Samples that are averaged before pooling, so that a lone sample at either end decides nothing.</param>
    /// <exception cref="ArgumentException">There are fewer than two portions of different values.</exception>
    public static CalibrationCurve Fit(IEnumerable<(double Value, double Truth)> samples, int portion)
    {
        var pools = new List<(double Value, double Truth, int Count)>();
        foreach (var group in samples.OrderBy(s => s.Value).Chunk(portion))
        {
            pools.Add((group.Average(s => s.Value), group.Average(s => s.Truth), group.Length));
            while (pools.Count > 1 && (pools[^2].Truth >= pools[^1].Truth || pools[^2].Value >= pools[^1].Value))
            {
                var ((a, at, an), (b, bt, bn)) = (pools[^2], pools[^1]);
                pools.RemoveRange(pools.Count - 2, 2);
                pools.Add(((a * an + b * bn) / (an + bn), (at * an + bt * bn) / (an + bn), an + bn));
            }
        }
        if (pools.Count < 2) throw new ArgumentException($"The samples form {pools.Count} steps, too few for a curve: give more, of different values and truths.", nameof(samples));
        return new([.. pools.Select(p => Math.Round(p.Value, 6))], [.. pools.Select(p => Math.Round(p.Truth, 6))]);
    }
}
