using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>
/// A pass of the decoder that keeps what goes into each layer and computes the rest again in the backward pass: memory for one layer's activations instead of all, for a
/// third more work (Chen et al., Training Deep Nets with Sublinear Memory Cost).
/// </summary>
public sealed class CheckpointedPass : IDisposable
{
    private readonly LanguageModel _language;
    private readonly Tensor _embeds;
    private readonly Rotary _rotary;
    private readonly Tensor? _scores;
    private readonly List<Tensor> _inputs = [];

    /// <summary>Runs the decoder; see <see cref="LanguageModel.Forward"/> for the parameters.</summary>
    public CheckpointedPass(LanguageModel language, Tensor embeds, Tensor positionIds, Tensor? mask)
    {
        (_language, _embeds) = (language, embeds);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        (_rotary, _scores) = language.Shared(embeds, positionIds, mask);
        var x = embeds.detach();
        for (var i = 0; i <= language.LayerCount; i++)
        {
            _inputs.Add(x);
            x = language.Layer(i, x, _rotary, _scores);
        }
        x.requires_grad = true;
        Hidden = x.DetachFromDisposeScope();
        foreach (var kept in Kept()) kept.DetachFromDisposeScope();
    }

    /// <summary>Normed hidden states, [B, S, D]: a leaf that gathers their gradient.</summary>
    public Tensor Hidden { get; }

    /// <summary>Sends the gradient of <see cref="Hidden"/> through the layers, the last first, to the parameters and on to where the embeddings came from.</summary>
    public void Backward()
    {
        using var recording = enable_grad();
        using var scope = NewDisposeScope();
        var gradient = Hidden.grad!.alias();
        for (var i = _language.LayerCount; i >= 0; i--)
        {
            using var part = NewDisposeScope();
            var input = _inputs[i].detach().requires_grad_();
            _language.Layer(i, input, _rotary, _scores).backward([gradient]);
            gradient = input.grad!.alias().MoveToOuterDisposeScope();
        }
        if (_embeds.requires_grad) _embeds.backward([gradient]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var kept in Kept().Append(Hidden)) kept.Dispose();
    }

    private IEnumerable<Tensor> Kept() => _inputs.Append(_rotary.Cos).Append(_rotary.Sin).Concat(_scores is null ? [] : [_scores]);
}
