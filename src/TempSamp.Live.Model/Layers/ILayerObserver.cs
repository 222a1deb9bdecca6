using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Looks into a forward pass: auxiliary losses, saliency, tests.</summary>
/// <remarks>
/// Tensors are part of the gradient graph and live until the pass returns. Whatever an observer wants to keep, these or what it computed
/// from them, it detaches from the dispose scope (<c>DetachFromDisposeScope</c>) and disposes itself.
/// </remarks>
public interface ILayerObserver
{
    /// <summary>Output of a layer, before the final norm: decoder [B, S, D], tower [N, Hv] in the tower's order of patches.</summary>
    void Hidden(int layer, Tensor hidden);

    /// <summary>Whether <see cref="Attention"/> should be called for a layer of the decoder.</summary>
    bool WantsAttention(int layer) => false;

    /// <summary>Attention probabilities of a decoder layer, [B, H, S, T].</summary>
    void Attention(int layer, Tensor probabilities)
    {
    }
}
