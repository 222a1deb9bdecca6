namespace TempSamp.Live.Model;

/// <summary>Shapes a model's scores before a token is chosen. A removed token's score becomes negative infinity.</summary>
public static class TokenScores
{
    /// <summary>Applies all of <see cref="SamplingOptions"/> in their order, in place.</summary>
    /// <param name="scores">Score of each token.</param>
    /// <param name="present">Ids in the prompt and the answer so far.</param>
    /// <param name="options">What to do.</param>
    public static void Shape(Span<float> scores, IEnumerable<int> present, SamplingOptions options)
    {
        if (options.RepetitionPenalty != 1) Penalise(scores, present, (float)options.RepetitionPenalty);
        if (options.Temperature != 1) Heat(scores, (float)options.Temperature);
        if (options.TopK > 0) KeepBest(scores, options.TopK);
        if (options.TopP < 1) KeepNucleus(scores, options.TopP);
        if (options.MinP > 0) KeepLikely(scores, options.MinP);
    }

    // Each present id once, however often it occurs.
    private static void Penalise(Span<float> scores, IEnumerable<int> present, float penalty)
    {
        foreach (var id in present.Distinct())
            scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty;
    }

    private static void Heat(Span<float> scores, float temperature)
    {
        for (var i = 0; i < scores.Length; i++) scores[i] /= temperature;
    }

    // Scores equal to the last one kept stay too.
    private static void KeepBest(Span<float> scores, int count)
    {
        if (count >= scores.Length) return;
        var sorted = scores.ToArray();
        Array.Sort(sorted);
        KeepAtLeast(scores, sorted[^count]);
    }

    private static void KeepNucleus(Span<float> scores, double share)
    {
        var order = new int[scores.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(scores.ToArray(), order);
        var probabilities = Probabilities(scores);
        var below = 0.0;
        foreach (var token in order[..^1])                             // ascending; the best one always stays
        {
            below += probabilities[token];
            if (below > 1 - share) break;
            scores[token] = float.NegativeInfinity;
        }
    }

    private static void KeepLikely(Span<float> scores, double share)
    {
        var probabilities = Probabilities(scores);
        var least = probabilities.Max() * share;
        for (var i = 0; i < scores.Length; i++)
            if (probabilities[i] < least) scores[i] = float.NegativeInfinity;
    }

    private static void KeepAtLeast(Span<float> scores, float least)
    {
        foreach (ref var score in scores)
            if (score < least) score = float.NegativeInfinity;
    }

    private static double[] Probabilities(ReadOnlySpan<float> scores)
    {
        var probabilities = new double[scores.Length];
        var best = float.NegativeInfinity;
        foreach (var score in scores) best = Math.Max(best, score);
        for (var i = 0; i < scores.Length; i++) probabilities[i] = Math.Exp(scores[i] - best);
        var sum = probabilities.Sum();
        for (var i = 0; i < scores.Length; i++) probabilities[i] /= sum;
        return probabilities;
    }
}
