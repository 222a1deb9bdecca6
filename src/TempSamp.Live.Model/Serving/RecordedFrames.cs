using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Passes of the tower over few equal frames, recorded when their number comes a second time, and kept.</summary>
/// <remarks>Few frames take the device less than the host takes to launch some 500 kernels; many keep it busy.</remarks>
internal sealed class RecordedFrames(VisionTower tower, QwenVisionConfig config) : IDisposable
{
    /// <summary>Most time steps of a batch, and most sizes that are kept.</summary>
    private const int MostSteps = 16, MostSizes = 64;

    private readonly Dictionary<(int Steps, int Height, int Width), Pass> _passes = [];

    /// <summary>Encodes equal frames.</summary>
    /// <param name="patches">[N, 1176].</param>
    /// <param name="layout">One run.</param>
    /// <param name="record">Whether launches are recorded; else each pass of a size is launched anew.</param>
    /// <returns>[N/4, D]; null where there are too many frames, or too many sizes.</returns>
    public Tensor? Read(Tensor patches, VisionLayout layout, bool record)
    {
        using var _ = inference_mode();
        var run = layout.Runs[0];
        var size = (run.Steps, run.Frame.Height, run.Frame.Width);
        var isKnown = _passes.TryGetValue(size, out var pass);
        if (run.Steps > MostSteps || (!isKnown && _passes.Count == MostSizes)) return null;
        if (!isKnown) _passes[size] = pass = new(tower, config, patches, layout);
        return pass!.Run(patches, record && isKnown);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pass in _passes.Values) pass.Dispose();
    }

    private sealed class Pass : IDisposable
    {
        private readonly Tensor _patches;
        private readonly VisionPlan _plan;
        private readonly RecordedLaunches _launches;

        public Pass(VisionTower tower, QwenVisionConfig config, Tensor like, VisionLayout layout)
        {
            using var scope = NewDisposeScope();
            _patches = empty_like(like).DetachFromDisposeScope();
            _plan = new(layout, config, FusedAttention.Runs(like.dtype, like.device), like.device);
            foreach (var one in _plan.Tensors) one.DetachFromDisposeScope();
            _launches = new(() => tower.Run(_patches, _plan, reads: true));
        }

        public Tensor Run(Tensor patches, bool record)
        {
            using var scope = NewDisposeScope();
            _patches.copy_(patches);
            return _launches.Run(record).clone().MoveToOuterDisposeScope();
        }

        public void Dispose()
        {
            _launches.Dispose();
            _patches.Dispose();
            foreach (var one in _plan.Tensors) one.Dispose();
        }
    }
}
