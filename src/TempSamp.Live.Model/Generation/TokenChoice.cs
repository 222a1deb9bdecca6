namespace TempSamp.Live.Model;

/// <summary>Picks one token by its score.</summary>
internal static class TokenChoice
{
    /// <summary>The best token, or one drawn by its probability.</summary>
    /// <param name="scores">Raw scores of all tokens; changed.</param>
    /// <param name="present">Prompt and answer so far.</param>
    /// <param name="options">How to choose.</param>
    /// <exception cref="ModelException">A score is not a number.</exception>
    public static int Choose(float[] scores, IEnumerable<int> present, GenerationOptions options)
    {
        if (Array.Exists(scores, float.IsNaN))
            throw new ModelException("The model's scores are not numbers. Load it as float32, or fetch its weights again.");
        // Only the penalty can change which token is best.
        var shape = options.Random is null ? new() { RepetitionPenalty = options.Sampling.RepetitionPenalty } : options.Sampling;
        TokenScores.Shape(scores, present, shape);
        return options.Random is null ? Best(scores) : Draw(scores, options.Random);
    }

    private static int Best(float[] scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best]) best = i;
        return best;
    }

    private static int Draw(float[] scores, Random random)
    {
        var highest = scores.Max();
        var weights = Array.ConvertAll(scores, s => Math.Exp(s - highest));
        var left = random.NextDouble() * weights.Sum();
        for (var i = 0; i < weights.Length; i++)
            if ((left -= weights[i]) < 0) return i;
        return Best(scores);
    }
}
