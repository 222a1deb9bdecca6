using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Wrong annotations on purpose.</summary>
/// <param name="Outliers">Share of the spans that are moved to another place of the clip, their lengths kept.</param>
/// <param name="BoundarySeconds">
/// Standard deviation of what each end of a span is off by. The error is skewed as a hasty annotator's: its mean is zero, but most ends are marked a little early, by at most
/// this much, and few far too late.
/// </param>
public readonly record struct LabelNoise(double Outliers, double BoundarySeconds)
{
    /// <summary>A span stays at least this long.</summary>
    private const double ShortestSeconds = 0.5;

    /// <summary>A clip some of whose spans are wrong.</summary>
    /// <param name="clip">The true one.</param>
    /// <param name="seed">The same seed spoils the same spans.</param>
    public TrainingClip On(TrainingClip clip, int seed)
    {
        if (this == default) return clip;
        var dice = new Random(seed);
        var noise = this;
        return clip with { Concepts = [.. clip.Concepts.Select(c => c with { Spans = [.. c.Spans.Select(s => noise.Spoilt(s, clip.Pairs, dice))] })] };
    }

    private AnswerSpan Spoilt(AnswerSpan span, int pairs, Random dice)
    {
        if (Outliers > 0 && dice.NextDouble() < Outliers) span = Moved(span, pairs, dice);
        if (BoundarySeconds == 0) return span;
        var start = Math.Clamp(span.Start + Error(dice), 0, pairs - ShortestSeconds);
        return new(start, Math.Clamp(span.End + Error(dice), start + ShortestSeconds, pairs));
    }

    // An exponential less its mean.
    private double Error(Random dice) => Math.Round(BoundarySeconds * (-Math.Log(1 - dice.NextDouble()) - 1), 1);

    private static AnswerSpan Moved(AnswerSpan span, int pairs, Random dice)
    {
        var length = Math.Min(span.End - span.Start, pairs);
        var start = Math.Round(dice.NextDouble() * (pairs - length), 1);
        return new(start, start + length);
    }
}
