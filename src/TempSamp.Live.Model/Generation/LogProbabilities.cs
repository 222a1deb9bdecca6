using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>How likely the tokens of a text were, and how open each choice was. Column j is about token j + 1.</summary>
/// <param name="Tokens">Log-probability of each token given those before it, [B, S-1] float32; 0 where it was not asked for.</param>
/// <param name="Entropy">Entropy of each choice in nats, [B, S-1] float32; 0 where it was not asked for.</param>
public readonly record struct TokenLogProbabilities(Tensor Tokens, Tensor Entropy);

/// <summary>Log-probabilities without ever holding the scores of more than a few hundred positions.</summary>
public static class LogProbabilities
{
    private const int Chunk = 512;

    /// <summary>Scores the tokens that are marked; gradients flow to the hidden states and the output head.</summary>
    /// <param name="model">For its output head.</param>
    /// <param name="hidden">Normed hidden states, [B, S, D].</param>
    /// <param name="ids">The text, [B, S] int64.</param>
    /// <param name="wanted">[B, S] bool: which tokens to score; the first column is never scored.</param>
    /// <param name="temperature">Scores are divided by it.</param>
    public static TokenLogProbabilities Of(QwenModel model, Tensor hidden, Tensor ids, Tensor wanted, double temperature = 1)
    {
        using var scope = NewDisposeScope();
        var (b, s) = (ids.shape[0], ids.shape[1]);
        var where = wanted.narrow(1, 1, s - 1);                                                                     // [B, S-1]
        var states = hidden.narrow(1, 0, s - 1).masked_select(where.unsqueeze(-1)).view(-1, hidden.shape[2]);       // [M, D]
        var targets = ids.narrow(1, 1, s - 1).masked_select(where);                                                 // [M]
        var (tokens, entropies) = (new List<Tensor>(), new List<Tensor>());
        for (long done = 0; done < targets.shape[0]; done += Chunk)
        {
            using var part = NewDisposeScope();
            var count = Math.Min(Chunk, targets.shape[0] - done);
            var rows = Rows(model, states.narrow(0, done, count), targets.narrow(0, done, count), temperature);
            tokens.Add(rows.Tokens.MoveToOuterDisposeScope());
            entropies.Add(rows.Entropy.MoveToOuterDisposeScope());
        }
        return new(Spread(tokens, where), Spread(entropies, where));
    }

    /// <summary>Scores one token for each hidden state, all at once; gradients flow to the hidden states and the output head.</summary>
    /// <param name="model">For its output head.</param>
    /// <param name="states">Normed hidden states, [M, D].</param>
    /// <param name="targets">[M] int64: the token that each predicts.</param>
    /// <param name="temperature">Scores are divided by it.</param>
    /// <returns>[M] each.</returns>
    public static TokenLogProbabilities Rows(QwenModel model, Tensor states, Tensor targets, double temperature = 1)
    {
        using var scope = NewDisposeScope();
        var scores = model.Logits(states).to(ScalarType.Float32) / KeptScalar.Of(temperature);                                      // [M, V]
        var total = scores.logsumexp(-1);
        var tokens = scores.gather(1, targets.unsqueeze(1)).squeeze(1) - total;
        var entropy = total - (scores.softmax(-1) * scores).sum(-1);
        return new(tokens.MoveToOuterDisposeScope(), entropy.MoveToOuterDisposeScope());
    }

    private static Tensor Spread(List<Tensor> values, Tensor where)
    {
        var blank = zeros(where.shape, ScalarType.Float32, where.device);
        return (values.Count == 0 ? blank : blank.masked_scatter(where, cat(values, 0))).MoveToOuterDisposeScope();
    }
}
