using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>A trained difference of low rank r to one linear layer's weight: ΔW = scale · B A.</summary>
/// <param name="A">[r, in].</param>
/// <param name="B">[out, r].</param>
/// <param name="Scale">lora_alpha / r, or lora_alpha / √r for rank-stabilised adapters.</param>
internal sealed record LowRankUpdate(Tensor A, Tensor B, double Scale)
{
    /// <summary>[..., in] -> [..., out].</summary>
    public Tensor Apply(Tensor x) =>
        nn.functional.linear(nn.functional.linear(x, A.In(x.dtype)), B.In(x.dtype)) * KeptScalar.Of(Scale);

    /// <summary>The weight with the update in it, [out, in] float32.</summary>
    public Tensor AddedTo(Tensor weight) => weight.to(ScalarType.Float32).Plus(B.to(ScalarType.Float32).mm(A.to(ScalarType.Float32)) * KeptScalar.Of(Scale));

    /// <summary>What it adds to some rows of the weight, [R] -> [R, in].</summary>
    public Tensor Rows(Tensor ids) => B.index_select(0, ids).mm(A) * KeptScalar.Of(Scale);
}
