using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

/// <summary>Keeps copies of what passes by until it is disposed.</summary>
internal sealed class Recorder : ILayerObserver, IDisposable
{
    public List<Tensor> Layers { get; } = [];

    public Dictionary<int, Tensor> Attentions { get; } = [];

    public bool KeepsAttention { get; init; }

    public void Hidden(int layer, Tensor hidden) => Layers.Add(hidden.clone().DetachFromDisposeScope());

    public bool WantsAttention(int layer) => KeepsAttention;

    public void Attention(int layer, Tensor probabilities) => Attentions[layer] = probabilities.clone().DetachFromDisposeScope();

    public void Dispose()
    {
        foreach (var tensor in Layers.Concat(Attentions.Values)) tensor.Dispose();
    }
}
