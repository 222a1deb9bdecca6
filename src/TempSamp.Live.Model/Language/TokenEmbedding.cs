using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>One row per token id; also the output head of a model whose embeddings are tied.</summary>
public sealed class TokenEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;     // [V, D]

    internal TokenEmbedding(int tokens, int width, Storage storage) : base(nameof(TokenEmbedding))
    {
        _weight = storage.Empty(tokens, width);
        RegisterComponents();
    }

    /// <summary>[V, D].</summary>
    public Parameter Weight => _weight;

    /// <summary>[B, S] int64 -> [B, S, D].</summary>
    public override Tensor forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        return _weight.index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], -1).MoveToOuterDisposeScope();
    }
}
