using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>A span and how probable the model finds it.</summary>
internal readonly record struct WeightedSpan(AnswerSpan Span, double Probability);

/// <summary>What the model thinks of all spans that it could answer, given that the event happens.</summary>
/// <remarks>After performance notes 3.5: one distribution gives the curve, the best span and how good it is to be expected.</remarks>
internal sealed class SpanPosterior
{
    // Spans less probable than this change nothing that is shown.
    private const double Least = 1e-4;

    private readonly WeightedSpan[] _spans;

    /// <summary>Takes a distribution; its probabilities need not add up to one.</summary>
    /// <param name="spans">At least one, of some probability.</param>
    public SpanPosterior(IEnumerable<WeightedSpan> spans)
    {
        var kept = spans.GroupBy(s => s.Span).Select(g => new WeightedSpan(g.Key, g.Sum(s => s.Probability))).Where(s => s.Probability >= Least).ToArray();
        var total = kept.Sum(s => s.Probability);
        _spans = [.. kept.Select(s => s with { Probability = s.Probability / total }).OrderByDescending(s => s.Probability)];
        (Best, ExpectedIoU) = _spans.Select(s => (s.Span, Expected: Expected(s.Span))).MaxBy(s => s.Expected);
    }

    /// <summary>The distribution, most probable first.</summary>
    public IReadOnlyList<WeightedSpan> Spans => _spans;

    /// <summary>The span whose expected IoU with what the model thinks is the highest.</summary>
    public AnswerSpan Best { get; }

    /// <summary>That expectation, in [0, 1].</summary>
    public double ExpectedIoU { get; }

    /// <summary>For each second of a window the share of it that the event is expected to cover: P(event at t) on average over the second.</summary>
    public double[] Curve(int seconds) => [.. Enumerable.Range(0, seconds).Select(t => _spans.Sum(s => s.Probability * Math.Max(0, Math.Min(s.Span.End, t + 1) - Math.Max(s.Span.Start, t))))];

    private double Expected(AnswerSpan span) => _spans.Sum(s => s.Probability * s.Span.IoU(span));
}
