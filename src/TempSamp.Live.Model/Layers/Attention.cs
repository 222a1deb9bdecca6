using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Softmax attention, as plain batched matrix products wherever gradients or probabilities are wanted.</summary>
/// <remarks>
/// Measured on CPU with libtorch 2.10, forward and backward, CPU time: in bfloat16, which is trained in, 600 tokens of 8 x 8 heads under a mask take 110-125 ms against 185 ms of
/// the fused kernel, and 384 windows of 48 patches 9 against 51 ms. In float32 the fused kernel is quicker (210 against 135 ms at 600 tokens), but it repeats shared keys, shows no
/// probabilities and knows no scale. The softmax kernel adds up in float32 whatever the type of its input.
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

    /// <summary>What queries see behind a cache, without gradients.</summary>
    /// <param name="query">[1, K, Q, D].</param>
    /// <param name="key">[1, K, T, D].</param>
    /// <param name="value">[1, K, T, D].</param>
    /// <param name="apart">The first so many keys, which all queries see, are attended to apart; 0 for all in one.</param>
    /// <param name="mask">Added to the scores of the other keys, [Q, T - apart]; null to allow everything.</param>
    /// <returns>[1, K, Q, D].</returns>
    /// <remarks>
    /// The processor's fused kernel is the quickest there. On an H200 products are: 28 rows of queries over 5,400 keys take 46 us against 120 us of the fused kernel under a mask, and
    /// libtorch 2.11 plans that kernel anew, for some 50 ms, whenever the number of keys is another, which it is in every pass.
    /// </remarks>
    public static Tensor Read(Tensor query, Tensor key, Tensor value, int apart, Tensor? mask) =>
        apart > 0 ? MergedAttention.Read(query, key, value, apart, mask!)
        : query.device_type == DeviceType.CUDA ? bmm(Probabilities(query[0], key[0], mask?.unsqueeze(0)), value[0]).unsqueeze(0)
        : nn.functional.scaled_dot_product_attention(query, key, value, mask);
}
