using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>A linear layer that computes in the type of its input: y = x Wᵀ + b, plus a low-rank adapter where one is attached.</summary>
/// <remarks>Float32 parameters fed with bfloat16 activations are mixed-precision training: the cast is part of the graph, gradients arrive in float32.</remarks>
public sealed class Projection : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;     // [out, in]
    [ComponentName(Name = "bias")] private readonly Parameter? _bias;        // [out]

    internal Projection(int inputs, int outputs, bool bias, Storage storage)
        : this(empty([outputs, inputs], storage.Type, storage.Device), bias ? empty([outputs], storage.Type, storage.Device) : null)
    {
    }

    /// <summary>Takes memory over that may be a part of a larger piece; see <see cref="ProjectionGroup"/>.</summary>
    internal Projection(Tensor weight, Tensor? bias) : base(nameof(Projection))
    {
        _weight = new(weight);
        _bias = bias is null ? null : new(bias);
        RegisterComponents();
    }

    /// <summary>[out, in].</summary>
    public Parameter Weight => _weight;

    /// <summary>[out]; null for a layer without one.</summary>
    public Parameter? Bias => _bias;

    /// <summary>Added to the output where an adapter is loaded; owned by the <see cref="LoraAdapter"/>.</summary>
    internal LowRankUpdate? Update { get; set; }

    /// <summary>[..., in] -> [..., out].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = nn.functional.linear(x, _weight.In(x.dtype), _bias?.In(x.dtype));
        if (Update is { } update) y = y.Plus(update.Apply(x));
        return y.MoveToOuterDisposeScope();
    }

    /// <summary>Adds the output for <paramref name="x"/> [N, in] to <paramref name="stream"/> [N, out] in place, without gradients.</summary>
    /// <param name="stream">Added to.</param>
    /// <param name="x">Input; [N, padded in] where <paramref name="padded"/> is given.</param>
    /// <param name="padded">[out, padded in], whose first columns are this layer's weight; the weight itself when null.</param>
    internal void AddTo(Tensor stream, Tensor x, Tensor? padded = null)
    {
        stream.addmm_(x, (padded ?? _weight).t());
        if (_bias is not null) stream.Increase(_bias);
        if (Update is { } update) stream.Increase(update.Apply(x.narrow(1, 0, _weight.shape[1])));
    }
}
