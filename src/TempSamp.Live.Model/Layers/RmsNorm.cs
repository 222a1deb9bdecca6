using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Scales each vector to a root mean square of one, in float32, and then by a learned weight in the input's type.</summary>
public sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;     // [D]
    private readonly double _eps;

    internal RmsNorm(int width, double eps, Storage storage) : base(nameof(RmsNorm))
    {
        _weight = storage.Empty(width);
        _eps = eps;
        RegisterComponents();
    }

    /// <summary>[..., D] -> [..., D].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var exact = x.In(ScalarType.Float32);
        var scale = (exact * exact).mean([-1], keepdim: true).add_(KeptScalar.Of(_eps)).rsqrt_();      // [..., 1]
        return ((exact * scale).In(x.dtype) * _weight.In(x.dtype)).MoveToOuterDisposeScope();
    }
}
