using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Wrong annotations on purpose: a share of the spans is moved to another place of the clip, their lengths kept.</summary>
public static class LabelNoise
{
    /// <summary>A clip some of whose spans are wrong.</summary>
    /// <param name="clip">The true one.</param>
    /// <param name="share">Share of spans that are moved.</param>
    /// <param name="seed">The same seed moves the same spans.</param>
    public static TrainingClip Move(TrainingClip clip, double share, int seed)
    {
        if (share == 0) return clip;
        var dice = new Random(seed);
        return clip with { Concepts = [.. clip.Concepts.Select(c => c with { Spans = [.. c.Spans.Select(s => dice.NextDouble() < share ? Moved(s, clip.Pairs, dice) : s)] })] };
    }

    private static AnswerSpan Moved(AnswerSpan span, int pairs, Random dice)
    {
        var length = Math.Min(span.End - span.Start, pairs);
        var start = Math.Round(dice.NextDouble() * (pairs - length), 1);
        return new(start, start + length);
    }
}
