namespace TempSamp.Live.Trainer;

/// <summary>Over which clips the error of the saliency scores is taken; the paper does not say (reference tempsamp-r1.md, section 1.4).</summary>
public enum SaliencyErrorOver
{
    /// <summary>Those that the annotation scores; a clip that was not predicted has score 0.</summary>
    Annotated,

    /// <summary>Those that are both annotated and predicted; without any the score part earns nothing.</summary>
    Matched,
}

/// <summary>Constants and open choices of the timestamp-and-saliency reward; the constants are the paper's.</summary>
public sealed record HighlightRewardOptions
{
    /// <summary>λ_rec: weight of finding the clips. Default 0.6.</summary>
    public double FoundWeight { get; init; } = 0.6;

    /// <summary>λ_score: weight of scoring them right. Default 0.4.</summary>
    public double ScoreWeight { get; init; } = 0.4;

    /// <summary>β of F_β: how much more missing a clip counts than naming a wrong one. Default 2.</summary>
    public double Beta { get; init; } = 2;

    /// <summary>Which clip a time belongs to. Default exact, the clip that it lies in.</summary>
    public ClipMapping Mapping { get; init; } = ClipMapping.Exact;

    /// <summary>Over which clips the scores' error is taken. Default the annotated ones.</summary>
    public SaliencyErrorOver ErrorOver { get; init; } = SaliencyErrorOver.Annotated;
}

/// <summary>
/// Timestamp matching of TempSamp-R1, section 3.3: <c>λ_rec F2 + λ_score / (1 + WMSE)</c>, where F2 is over 2-second clips and the squared errors of the scores are weighted by
/// the squared annotated scores.
/// </summary>
public static class HighlightReward
{
    /// <summary>The reward of an answer, in [0, 1]; 0 for one that does not parse.</summary>
    /// <param name="completion">The answer's text; the last answer block is read.</param>
    /// <param name="truth">Annotated clips with their scores, 0 to 4.</param>
    /// <param name="options">Constants and choices.</param>
    public static double Of(string completion, IReadOnlyDictionary<int, double> truth, HighlightRewardOptions options) =>
        HighlightAnswer.ParseBlock(completion) is { } moments ? Of(HighlightAnswer.ByClip(moments, options.Mapping), truth, options) : 0;

    /// <summary>The reward of predicted clips with their scores.</summary>
    public static double Of(IReadOnlyDictionary<int, double> predicted, IReadOnlyDictionary<int, double> truth, HighlightRewardOptions options)
    {
        if (predicted.Count == 0 || truth.Count == 0) return 0;
        double hits = predicted.Keys.Count(truth.ContainsKey);
        var (precision, recall, weight) = (hits / predicted.Count, hits / truth.Count, options.Beta * options.Beta);
        var found = hits == 0 ? 0 : (1 + weight) * precision * recall / (weight * precision + recall);
        return options.FoundWeight * found + options.ScoreWeight * Scored(predicted, truth, options.ErrorOver);
    }

    // 1 / (1 + WMSE). Where every annotated score is 0 all clips weigh the same.
    private static double Scored(IReadOnlyDictionary<int, double> predicted, IReadOnlyDictionary<int, double> truth, SaliencyErrorOver over)
    {
        var clips = truth.Where(t => over == SaliencyErrorOver.Annotated || predicted.ContainsKey(t.Key)).ToArray();
        if (clips.Length == 0) return 0;
        double Weight(double score) => clips.All(c => c.Value == 0) ? 1 : score * score;
        var total = clips.Sum(c => Weight(c.Value));
        var error = clips.Sum(c => Weight(c.Value) * Math.Pow(predicted.GetValueOrDefault(c.Key) - c.Value, 2));
        return total == 0 ? 0 : 1 / (1 + error / total);
    }
}
