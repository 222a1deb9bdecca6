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
    private readonly Tensor _padded;                // [width, padded inner], whose first columns are the weight of down

    internal GatedMlp(int width, int inner, bool bias, Storage storage) : base(nameof(GatedMlp))
    {
        _both = new(width, [inner, inner], bias, storage, isPadded: true);
        (_gate, _up) = (_both[0], _both[1]);
        _padded = empty([width, Storage.Padded(inner)], storage.Type, storage.Device).DetachFromDisposeScope();
        Storage.ZeroFrom(_padded, 1, inner);
        _down = new(_padded.narrow(1, 0, inner), bias ? empty([width], storage.Type, storage.Device) : null);
        RegisterComponents();
    }

    /// <summary>[..., D] -> [..., D].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var gate = nn.functional.silu(_gate.forward(x));         // [..., F]
        return _down.forward(gate * _up.forward(x)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds the output for <paramref name="x"/> [N, D] to <paramref name="stream"/> [N, D] in place, without gradients.</summary>
    internal void AddTo(Tensor stream, Tensor x)
    {
        var both = _both.Forward(x);                                                // [N, 2 padded F]
        var half = both.shape[1] / 2;
        var mixed = both.narrow(1, 0, half).silu_().mul_(both.narrow(1, half, half));
        _down.AddTo(stream, mixed, _padded);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _both.Dispose();
            _padded.Dispose();
        }
        base.Dispose(disposing);
    }
}
