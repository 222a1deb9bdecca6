using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Over what the loss of tokens is averaged.</summary>
public enum LossAverage
{
    /// <summary>Mean of each completion's token mean: a short annotation weighs as much as a long chain of thought (TimeZero).</summary>
    Sequence,

    /// <summary>One mean over all tokens (the release).</summary>
    Token,
}

/// <summary>
/// The objective of TempSamp-R1 at one update per sampled batch: the importance ratio is 1 for every token, the annotation's included, so each
/// token's loss is <c>-(exp(lp - sg(lp)) A - beta k3)</c> with <c>k3 = exp(ref - lp) - (ref - lp) - 1</c> (reference tempsamp-r1.md, section 1.7).
/// </summary>
public static class PolicyLoss
{
    /// <summary>What a token counts.</summary>
    /// <param name="owners">Number of each token's completion.</param>
    /// <param name="average">Over what is averaged.</param>
    /// <returns>Weights that sum to 1.</returns>
    public static float[] Weights(IReadOnlyList<int> owners, LossAverage average)
    {
        if (average == LossAverage.Token) return [.. Enumerable.Repeat(1f / owners.Count, owners.Count)];
        var lengths = owners.CountBy(o => o).ToDictionary();
        return [.. owners.Select(o => 1f / (lengths[o] * lengths.Count))];
    }

    /// <summary>The loss of some tokens.</summary>
    /// <param name="logProbabilities">[N] float32, with gradients.</param>
    /// <param name="reference">[N] float32 under the reference policy; null for no KL term.</param>
    /// <param name="advantages">[N]: each token's completion's advantage.</param>
    /// <param name="weights">[N] of <see cref="Weights"/>.</param>
    /// <param name="beta">Weight of the KL term.</param>
    /// <returns>Scalar.</returns>
    public static Tensor Of(Tensor logProbabilities, Tensor? reference, Tensor advantages, Tensor weights, double beta)
    {
        using var scope = NewDisposeScope();
        var gain = (logProbabilities - logProbabilities.detach()).exp() * advantages;
        if (reference is not null) gain = gain - Divergence(logProbabilities, reference) * KeptScalar.Of(beta);
        return (gain * weights).sum().neg().MoveToOuterDisposeScope();
    }

    /// <summary>k3, an estimate of KL(policy || reference) that is never negative.</summary>
    public static Tensor Divergence(Tensor logProbabilities, Tensor reference)
    {
        using var scope = NewDisposeScope();
        var apart = reference - logProbabilities;
        return (apart.exp() - apart - KeptScalar.Of(1.0)).MoveToOuterDisposeScope();
    }
}
