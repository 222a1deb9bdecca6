using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>down(silu(gate(x)) · up(x)), as in every layer of the tower (with biases) and of the decoder (without).</summary>
public sealed class GatedMlp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "gate_proj")] private readonly Projection _gate;
    [ComponentName(Name = "up_proj")] private readonly Projection _up;
    [ComponentName(Name = "down_proj")] private readonly Projection _down;
    private readonly ProjectionGroup _both;
    private readonly int _inner;

    internal GatedMlp(int width, int inner, bool bias, Storage storage) : base(nameof(GatedMlp))
    {
        _inner = inner;
        _both = new(width, [inner, inner], bias, storage);
        (_gate, _up) = (_both[0], _both[1]);
        _down = new(inner, width, bias, storage);
        RegisterComponents();
    }

    /// <summary>[..., D] -> [..., D].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var gate = nn.functional.silu(_gate.forward(x));         // [..., F]
        return _down.forward(gate * _up.forward(x)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds the output for <paramref name="x"/> [N, D] to <paramref name="stream"/> [N, D] in place, without gradients; for an MLP without bias.</summary>
    internal void AddTo(Tensor stream, Tensor x)
    {
        var both = _both.Forward(x);                                                // [N, 2F]
        var gate = both.narrow(1, 0, _inner).silu_();
        _down.AddTo(stream, gate.mul_(both.narrow(1, _inner, _inner)));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _both.Dispose();
        base.Dispose(disposing);
    }
}
