using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Turns what callers say about visibility into one tensor that is added to the scores of every layer.</summary>
internal static class AttentionMask
{
    /// <summary>The mask in the shape of the scores.</summary>
    /// <param name="mask">
    /// [B or 1, 1, S, T]: bool (true = may attend) or a number added to the score; null for causal, where the S new tokens end the sequence of T.
    /// </param>
    /// <param name="config">For the heads that share keys.</param>
    /// <param name="like">Hidden states [B, S, D] whose type and device to take.</param>
    /// <param name="total">T, earlier tokens included.</param>
    /// <returns>[B*K or 1, G*S, T]; null where every token may attend to every other.</returns>
    public static Tensor? Of(Tensor? mask, QwenTextConfig config, Tensor like, long total)
    {
        var (b, s) = (like.shape[0], like.shape[1]);
        if (mask is null && s == 1) return null;
        using var scope = NewDisposeScope();
        mask ??= ones([1, 1, s, total], ScalarType.Bool, like.device).tril(total - s);
        if (mask.dim() != 4 || (mask.shape[0] != 1 && mask.shape[0] != b) || mask.shape[1] != 1 || mask.shape[2] != s || mask.shape[3] != total)
            throw new ModelException($"An attention mask is [{string.Join(", ", mask.shape)}], wanted [{b} or 1, 1, {s}, {total}].");

        if (mask.dtype == ScalarType.Bool)
            mask = zeros(mask.shape, like.dtype, like.device).masked_fill(mask.logical_not(), KeptScalar.Of(Attention.Hidden));
        mask = mask.In(like.dtype).repeat(1, config.Heads / config.KeyValueHeads, 1, 1)                  // [B or 1, G, S, T]
            .flatten(1, 2);                                                                             // [B or 1, G*S, T]
        if (mask.shape[0] > 1) mask = mask.repeat_interleave(config.KeyValueHeads, 0);
        return mask.MoveToOuterDisposeScope();
    }

    /// <summary>Causal attention that leaves padding out.</summary>
    /// <param name="tokens">[B, T]: 1 or true for a token, 0 for padding; int64 or bool.</param>
    /// <param name="queries">S: the last columns that ask.</param>
    /// <returns>[B, 1, S, T] bool.</returns>
    public static Tensor CausalWithPadding(Tensor tokens, long queries)
    {
        using var scope = NewDisposeScope();
        var total = tokens.shape[1];
        var causal = ones([queries, total], ScalarType.Bool, tokens.device).tril(total - queries);       // [S, T]
        return tokens.to(ScalarType.Bool).unsqueeze(1).unsqueeze(1).logical_and(causal).MoveToOuterDisposeScope();
    }
}
