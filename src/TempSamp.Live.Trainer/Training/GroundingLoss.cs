using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>How much each kind of answer token counts in supervised training.</summary>
/// <param name="Digits">Weight of the digits of a span, first to last: an early digit decides more than a late one. The last weight goes on where an answer has more digits.</param>
/// <param name="Template">Weight of the mean over template tokens, so that free decoding follows the template too.</param>
/// <param name="Presence">Weight of the mean over yes/no tokens.</param>
public sealed record LossWeights(IReadOnlyList<double> Digits, double Template, double Presence)
{
    /// <summary>Start digits count most: with the start right the end follows (models/tempsamp-mini/README.md).</summary>
    public static readonly LossWeights Default = new([2, 2, 0.5, 1, 1, 0.5], 0.1, 1);
}

/// <summary>Cross-entropy over answer tokens: a weighted mean per kind of token, then the sum, so that no kind drowns another.</summary>
public static class GroundingLoss
{
    /// <summary>The loss of predicted tokens.</summary>
    /// <param name="logits">[N, V] float32, one row per token of <paramref name="tokens"/>.</param>
    /// <param name="tokens">The N tokens.</param>
    /// <param name="weights">What counts how much.</param>
    /// <returns>Scalar.</returns>
    public static Tensor Of(Tensor logits, IReadOnlyList<PredictedToken> tokens, LossWeights weights)
    {
        using var scope = NewDisposeScope();
        var targets = tensor(tokens.Select(t => t.Target).ToArray());
        var each = nn.functional.cross_entropy(logits, targets, reduction: nn.Reduction.None);  // [N]

        double Digit(PredictedToken token) => weights.Digits[Math.Min(token.Decision, weights.Digits.Count - 1)];
        var digits = tokens.Sum(t => t.Role == TokenRole.Digit ? Digit(t) : 0);
        var template = tokens.Count(t => t.Role == TokenRole.Template);
        var presence = tokens.Count(t => t.Role == TokenRole.Presence);
        var factor = tokens.Select(t => (float)(t.Role switch
        {
            TokenRole.Digit => Digit(t) / digits,
            TokenRole.Template => weights.Template / template,
            _ => weights.Presence / presence,
        })).ToArray();
        return (each * tensor(factor)).sum().MoveToOuterDisposeScope();
    }
}
