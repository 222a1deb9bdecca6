using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Softmax attention as plain batched matrix products.</summary>
/// <remarks>
/// On CPU the explicit form beats the fused kernel at the lengths of this model, forward and backward.
/// The softmax kernel adds up in float32 whatever the type of its input.
/// </remarks>
internal static class Attention
{
    /// <summary>Score that stands for "not allowed": its probability is exactly 0, and a row of nothing else stays finite.</summary>
    public const double Hidden = -1e9;

    /// <summary>Probabilities of each query over the keys.</summary>
    /// <param name="query">[N, Q, D].</param>
    /// <param name="key">[N, T, D].</param>
    /// <param name="mask">Added to the scores, [N or 1, Q, T]; null to allow everything.</param>
    /// <returns>[N, Q, T].</returns>
    public static Tensor Probabilities(Tensor query, Tensor key, Tensor? mask)
    {
        var scale = 1 / Math.Sqrt(query.shape[^1]);
        var scores = mask is null
            ? bmm(query * KeptScalar.Of(scale), key.transpose(1, 2))
            : query.baddbmm(key.transpose(1, 2), mask, beta: 1, alpha: (float)scale);     // TorchSharp takes the sum last: mask + scale q kᵀ
        return scores.softmax(-1);
    }
}
