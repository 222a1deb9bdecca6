using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>
/// Guidance for where an answer looks: in one middle layer the first heads' attention from each decision goes to the pairs of the asked event
/// (start digits and presence: the whole event; end digits: its last two pairs). A supervised form of the grounding heads that larger models
/// grow by themselves.
/// </summary>
public static class GuidedAttention
{
    /// <summary>Mean of -log(attention mass on the right pairs) over all decisions that have an event to look at.</summary>
    /// <param name="attention">[B, H, S, S] probabilities of the guided layer.</param>
    /// <param name="heads">How many of the first heads are guided.</param>
    /// <param name="batch">The layout.</param>
    /// <param name="tokensPerPair">Video tokens of a pair.</param>
    public static Tensor Loss(Tensor attention, int heads, PackedBatch batch, int tokensPerPair)
    {
        using var scope = NewDisposeScope();
        var pairs = batch.VideoTokens / tokensPerPair;
        var rows = new List<long>();
        var positions = new List<long>();
        var allowed = new List<float>();
        foreach (var token in batch.Tokens)
        {
            if (token.Role == TokenRole.Template || batch.Questions[token.Row][token.Question].Span is not { } span) continue;
            var last = Math.Clamp((int)Math.Ceiling(span.End) - 1, 0, pairs - 1);
            var first = token.Role == TokenRole.Digit && token.Decision >= 3 ? Math.Max(0, last - 1) : Math.Clamp((int)span.Start, 0, last);
            rows.Add(token.Row);
            positions.Add(token.Position);
            for (var pair = 0; pair < pairs; pair++) allowed.Add(pair >= first && pair <= last ? 1 : 0);
        }
        if (rows.Count == 0) return zeros(1).MoveToOuterDisposeScope();

        var looks = attention.permute(0, 2, 1, 3)                                          // [B, S, H, S]
            [TensorIndex.Tensor(tensor(rows.ToArray())), TensorIndex.Tensor(tensor(positions.ToArray()))]   // [N, H, S]
            [TensorIndex.Colon, TensorIndex.Slice(0, heads), TensorIndex.Slice(batch.VideoStart, batch.VideoStart + batch.VideoTokens)];
        var mass = looks.reshape(rows.Count, heads, pairs, tokensPerPair).to(ScalarType.Float32).sum(3);          // [N, heads, T]
        var right = (mass * tensor(allowed.ToArray()).view(rows.Count, 1, pairs)).sum(2);  // [N, heads]
        return right.clamp_min(KeptScalar.Of(1e-6)).log().neg().mean().MoveToOuterDisposeScope();
    }
}
