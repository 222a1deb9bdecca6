using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Turns the patches of each merge block into one row of the decoder's width.</summary>
internal sealed class PatchMerger : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "ln_q")] private readonly RmsNorm _norm;
    [ComponentName(Name = "mlp")] private readonly MergerMlp _mlp;
    private readonly int _width;

    public PatchMerger(QwenVisionConfig config, Storage storage) : base(nameof(PatchMerger))
    {
        _width = config.HiddenSize * config.MergeLength;
        _norm = new(config.HiddenSize, VisionTower.Eps, storage);
        _mlp = new(_width, config.OutHiddenSize, storage);
        RegisterComponents();
    }

    /// <summary>[N, Hv] -> [N/4, D].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _mlp.forward(_norm.forward(x).view(-1, _width)).MoveToOuterDisposeScope();
    }

    private sealed class MergerMlp : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "0")] private readonly Projection _inner;
        [ComponentName(Name = "2")] private readonly Projection _outer;

        public MergerMlp(int width, int outputs, Storage storage) : base(nameof(MergerMlp))
        {
            _inner = new(width, width, bias: true, storage);
            _outer = new(width, outputs, bias: true, storage);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            return _outer.forward(nn.functional.gelu(_inner.forward(x))).MoveToOuterDisposeScope();     // exact GELU
        }
    }
}
