using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Patches of frame pairs in, one row per merge block of 2 x 2 patches out.</summary>
/// <remarks>Time steps never attend to each other, so a frame pair's rows can be computed once and reused in every window that holds it.</remarks>
public sealed class VisionTower : nn.Module
{
    internal const double Eps = 1e-6;

    [ComponentName(Name = "patch_embed")] private readonly PatchEmbedding _embed;
    [ComponentName(Name = "blocks")] private readonly ModuleList<VisionBlock> _blocks;
    [ComponentName(Name = "merger")] private readonly PatchMerger _merger;
    private readonly QwenVisionConfig _config;
    private readonly RecordedFrames _recorded;

    internal VisionTower(QwenVisionConfig config, Storage storage) : base(nameof(VisionTower))
    {
        (_config, _recorded) = (config, new(this, config));
        _embed = new(config, storage);
        _blocks = new([.. Enumerable.Range(0, config.Depth).Select(_ => new VisionBlock(config, storage))]);
        _merger = new(config, storage);
        RegisterComponents();
    }

    /// <summary>Whether batches of few equal frames are recorded when their number comes a second time, and replayed from then on; false where that is not possible.</summary>
    internal bool RecordsPasses
    {
        get;
        set => field = value && CudaGraph.IsFor(_embed.Device);
    }

    /// <summary>Encodes a batch of videos and images, concatenated along the patches.</summary>
    /// <param name="patches">[N, 1176] in merge-block order; their type is the type that is computed in.</param>
    /// <param name="grids">(time steps, patch rows, patch columns) of each video or image, N patches together.</param>
    /// <param name="observer">Sees the output of each block in the order of <see cref="VisionLayout"/>.</param>
    /// <returns>[N/4, D], raster order inside each time step.</returns>
    /// <exception cref="ModelException">Patches and grids disagree.</exception>
    public Tensor Forward(Tensor patches, IReadOnlyList<(int T, int H, int W)> grids, ILayerObserver? observer = null)
    {
        var layout = new VisionLayout(grids, _config);
        if (patches.dim() != 2 || patches.shape[0] != layout.Patches || patches.shape[1] != _config.PatchLength)
            throw new ModelException($"Vision patches are [{string.Join(", ", patches.shape)}], but the grids {string.Join(", ", grids)} want [{layout.Patches}, {_config.PatchLength}].");

        // Fewer and larger operations are what a GPU wants; the processor's matrix products, added in place, would depend in their last bit on how many pairs come together.
        var reads = observer is null && !is_grad_enabled() && patches.device_type == DeviceType.CUDA;
        var isFused = reads && layout.Runs.Length == 1 && FusedAttention.Runs(patches.dtype, patches.device);
        if (isFused && RecordsPasses && _recorded.Read(patches, layout, record: true) is { } read) return read;
        using var scope = NewDisposeScope();
        return Run(patches, new(layout, _config, isFused, patches.device), reads, observer).MoveToOuterDisposeScope();
    }

    /// <summary>All blocks and the merger.</summary>
    /// <param name="patches">[N, 1176].</param>
    /// <param name="plan">Of the batch.</param>
    /// <param name="reads">In few large operations, without gradients and observer.</param>
    /// <param name="observer">Sees the output of each block.</param>
    /// <returns>[N/4, D].</returns>
    internal Tensor Run(Tensor patches, VisionPlan plan, bool reads, ILayerObserver? observer = null)
    {
        using var scope = NewDisposeScope();
        var x = Reorder(_embed.forward(patches), plan.Order);                                       // [N, Hv], tower order
        for (var i = 0; i < _blocks.Count; i++)
        {
            if (reads)
            {
                _blocks[i].Read(x, plan, _config.FullAttentionBlocks.Contains(i));
                continue;
            }
            var previous = x;
            x = _blocks[i].Forward(previous, plan, _config.FullAttentionBlocks.Contains(i));
            previous.Dispose();
            observer?.Hidden(i, x);
        }
        return _merger.forward(x).index_select(0, plan.Back).MoveToOuterDisposeScope();             // [N/4, D], input order
    }

    // Moves whole merge blocks.
    private Tensor Reorder(Tensor x, Tensor order) =>
        x.view(-1, _config.MergeLength, x.shape[1]).index_select(0, order).view(-1, x.shape[1]);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _recorded.Dispose();
        base.Dispose(disposing);
    }
}
