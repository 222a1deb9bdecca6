using System.Collections.Concurrent;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Scales each vector to a root mean square of one, in float32, and then by a learned weight in the input's type.</summary>
public sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private static readonly ConcurrentDictionary<double, RmsNormOp> Ops = new();

    [ComponentName(Name = "weight")] private readonly Parameter _weight;     // [D]
    private readonly double _eps;
    private readonly RmsNormOp _op;

    internal RmsNorm(int width, double eps, Storage storage) : base(nameof(RmsNorm))
    {
        _weight = storage.Empty(width);
        _eps = eps;
        _op = Ops.GetOrAdd(eps, e => new(e));
        RegisterComponents();
    }

    /// <summary>[..., D] -> [..., D], rounded where the reference rounds, with gradients.</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var exact = x.In(ScalarType.Float32);
        var scale = (exact * exact).mean([-1], keepdim: true).Increase(KeptScalar.Of(_eps)).rsqrt_();      // [..., 1]
        return ((exact * scale).In(x.dtype) * _weight.In(x.dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>Serving's form, one operation: [..., D] -> [..., D]. The same in float32; in bfloat16 it rounds once less.</summary>
    internal Tensor Read(Tensor x) => _op.Apply(x, _weight);
}
