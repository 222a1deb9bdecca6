using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>What one pass of the loss saw.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Entropy">Mean entropy of the choices in nats.</param>
/// <param name="Divergence">Mean k3 against the reference; 0 without one.</param>
public readonly record struct PolicyPass(double Loss, double Entropy, double Divergence);

/// <summary>Takes the loss through the output head chunk by chunk, so that the scores of more than one chunk of tokens never exist at once.</summary>
/// <remarks>
/// The loss is a sum over tokens, so the gradient of the hidden states is gathered chunk by chunk on a detached copy and then sent on through the
/// decoder in one backward pass. [B, S, V] scores are never held: at 152k tokens of vocabulary they are what a plain trainer runs out of memory on.
/// </remarks>
/// <param name="model">For its output head.</param>
/// <param name="chunk">Tokens at once.</param>
public sealed class PolicyGradient(QwenModel model, int chunk = 256)
{
    /// <summary>Adds the gradient of the loss to the parameters.</summary>
    /// <param name="states">[N, D] hidden states that predict the N tokens; their graph is used up.</param>
    /// <param name="targets">[N] the tokens.</param>
    /// <param name="advantages">[N] their completions' advantages.</param>
    /// <param name="weights">[N] of <see cref="PolicyLoss.Weights"/>, times any factor such as one over the accumulated batches.</param>
    /// <param name="reference">[N] log-probabilities under the reference; null for none.</param>
    /// <param name="beta">Weight of the KL term.</param>
    public PolicyPass Backward(Tensor states, long[] targets, float[] advantages, float[] weights, Tensor? reference, double beta)
    {
        using var scope = NewDisposeScope();
        var leaf = states.detach().requires_grad_();
        var (loss, entropy, divergence) = (0.0, 0.0, 0.0);
        for (var done = 0; done < targets.Length; done += chunk)
        {
            using var part = NewDisposeScope();
            var count = Math.Min(chunk, targets.Length - done);
            var (lp, open) = LogProbabilities.Rows(model, leaf.narrow(0, done, count), tensor(targets[done..(done + count)], device: model.Device));
            var old = reference?.narrow(0, done, count);
            var piece = PolicyLoss.Of(lp, old, On(advantages), On(weights), beta);
            piece.backward();
            loss += piece.item<float>();
            entropy += open.sum().item<float>();
            if (old is not null) divergence += PolicyLoss.Divergence(lp.detach(), old).sum().item<float>();

            Tensor On(float[] values) => tensor(values[done..(done + count)], device: model.Device);
        }
        states.backward([leaf.grad!]);
        return new(loss, entropy / targets.Length, divergence / targets.Length);
    }

    /// <summary>[N] log-probabilities of tokens, without gradients: what a reference policy gives.</summary>
    public Tensor LogProbabilitiesOf(Tensor states, long[] targets)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        for (var done = 0; done < targets.Length; done += chunk)
        {
            var count = Math.Min(chunk, targets.Length - done);
            parts.Add(LogProbabilities.Rows(model, states.narrow(0, done, count), tensor(targets[done..(done + count)], device: model.Device)).Tokens);
        }
        return cat(parts, 0).MoveToOuterDisposeScope();
    }
}
