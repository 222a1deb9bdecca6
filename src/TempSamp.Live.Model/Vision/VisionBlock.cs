using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>One layer of the tower: attention, then MLP, each on a normed copy and added back.</summary>
internal sealed class VisionBlock : nn.Module
{
    [ComponentName(Name = "norm1")] private readonly RmsNorm _norm1;
    [ComponentName(Name = "attn")] private readonly VisionAttention _attention;
    [ComponentName(Name = "norm2")] private readonly RmsNorm _norm2;
    [ComponentName(Name = "mlp")] private readonly GatedMlp _mlp;

    public VisionBlock(QwenVisionConfig config, Storage storage) : base(nameof(VisionBlock))
    {
        _norm1 = new(config.HiddenSize, VisionTower.Eps, storage);
        _attention = new(config, storage);
        _norm2 = new(config.HiddenSize, VisionTower.Eps, storage);
        _mlp = new(config.HiddenSize, config.IntermediateSize, bias: true, storage);
        RegisterComponents();
    }

    /// <summary>[N, Hv] -> [N, Hv].</summary>
    public Tensor Forward(Tensor x, VisionPlan plan, bool full)
    {
        using var scope = NewDisposeScope();
        x = x.Plus(_attention.Forward(_norm1.forward(x), plan, full));
        return x.Plus(_mlp.forward(_norm2.forward(x))).MoveToOuterDisposeScope();
    }

    /// <summary>The same without gradients: changes the stream [N, Hv] in place.</summary>
    public void Read(Tensor stream, VisionPlan plan, bool full)
    {
        using var scope = NewDisposeScope();
        _attention.Read(stream, _norm1.Read(stream), plan, full);
        _mlp.AddTo(stream, _norm2.Read(stream));
    }
}
