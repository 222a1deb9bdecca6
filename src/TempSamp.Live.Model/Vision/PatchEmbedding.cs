using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>A convolution whose stride is its kernel, which is one matrix product on flattened patches.</summary>
internal sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")] private readonly Kernel _kernel;

    public PatchEmbedding(QwenVisionConfig config, Storage storage) : base(nameof(PatchEmbedding))
    {
        _kernel = new(config, storage);
        RegisterComponents();
    }

    /// <summary>Where the tower lies.</summary>
    public Device Device => _kernel.Weight.device;

    /// <summary>[N, 1176] -> [N, Hv].</summary>
    public override Tensor forward(Tensor patches)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(patches, _kernel.Weight.In(patches.dtype).flatten(1)).MoveToOuterDisposeScope();
    }

    private sealed class Kernel : nn.Module
    {
        [ComponentName(Name = "weight")] private readonly Parameter _weight;     // [Hv, channel, frame, y, x]

        public Kernel(QwenVisionConfig config, Storage storage) : base(nameof(Kernel))
        {
            _weight = storage.Empty(config.HiddenSize, QwenVisionConfig.Channels, config.TemporalPatchSize, config.PatchSize, config.PatchSize);
            RegisterComponents();
        }

        public Parameter Weight => _weight;
    }
}
