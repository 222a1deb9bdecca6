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

    internal GatedMlp(int width, int inner, bool bias, Storage storage) : base(nameof(GatedMlp))
    {
        _gate = new(width, inner, bias, storage);
        _up = new(width, inner, bias, storage);
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
}
