using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Attention among the patches of one window, or of one whole time step; never across time steps.</summary>
internal sealed class VisionAttention : nn.Module
{
    [ComponentName(Name = "qkv")] private readonly Projection _qkv;
    [ComponentName(Name = "proj")] private readonly Projection _out;
    private readonly int _heads;
    private readonly int _headDim;

    public VisionAttention(QwenVisionConfig config, Storage storage) : base(nameof(VisionAttention))
    {
        (_heads, _headDim) = (config.Heads, config.HeadDim);
        _qkv = new(config.HiddenSize, 3 * config.HiddenSize, bias: true, storage);
        _out = new(config.HiddenSize, config.HiddenSize, bias: true, storage);
        RegisterComponents();
    }

    /// <summary>[N, Hv] -> [N, Hv].</summary>
    /// <param name="x">Patches in the tower's order.</param>
    /// <param name="plan">Where time steps and windows lie.</param>
    /// <param name="full">Attend over whole time steps instead of windows.</param>
    public Tensor Forward(Tensor x, VisionPlan plan, bool full)
    {
        using var scope = NewDisposeScope();
        return _out.forward(Mixed(x, plan, full)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds the outcome for <paramref name="x"/>, the stream's normed copy, to the stream in place, without gradients.</summary>
    public void Read(Tensor stream, Tensor x, VisionPlan plan, bool full) =>
        _out.AddTo(stream, plan.Ranges is { } ranges ? Mixed(x, plan.Rotary[0], full ? ranges.Steps : ranges.Windows) : Mixed(x, plan, full));

    // All windows of all time steps where they lie, in one kernel.
    private Tensor Mixed(Tensor x, Rotary rotary, RangesOnDevice ranges)
    {
        var patches = rotary.Cos.shape[0];
        var all = _qkv.forward(x).view(-1, 3, _heads, _headDim);                                    // [N, 3, H, D]
        var turned = rotary.Turn(all.view(-1, patches, 3, _heads, _headDim).narrow(2, 0, 2)).In(x.dtype).view(-1, 2, _heads, _headDim);
        return FusedAttention.Ranges(turned.select(1, 0), turned.select(1, 1), all.select(1, 2), ranges, isCausal: false).Seen.view(x.shape[0], -1);
    }

    private Tensor Mixed(Tensor x, VisionPlan plan, bool full)
    {
        // N patches, T time steps, P patches in a step, C windows of L patches, H heads, D head dim
        var qkv = _qkv.forward(x);                                                                  // [N, 3HD]
        var parts = new List<Tensor>();
        foreach (var (i, run) in plan.Layout.Runs.Index())
        {
            var (t, p) = (run.Steps, run.Frame.Patches);
            var all = qkv.narrow(0, run.Start, (long)t * p).view(t, p, 3, _heads, _headDim);
            var turned = plan.Rotary[i].Turn(all.narrow(2, 0, 2)).In(x.dtype);                           // q, k: [T, P, 2, H, D]
            var value = all.select(2, 2);                                                           // [T, P, H, D]
            WindowBucket[] buckets = full ? [new(0, 1, p)] : run.Frame.Buckets;
            var attended = buckets.Select(b => Attend(Cut(turned.select(2, 0), b), Cut(turned.select(2, 1), b), Cut(value, b), t, b)).ToArray();
            parts.Add((attended.Length == 1 ? attended[0] : cat(attended, 1)).view((long)t * p, -1));
        }
        return parts.Count == 1 ? parts[0] : cat(parts, 0);
    }

    // [T, P, H, D] -> [T*C*H, L, D]
    private Tensor Cut(Tensor x, WindowBucket bucket) =>
        x.narrow(1, bucket.Start, bucket.Count * bucket.Length)
            .reshape(-1, bucket.Length, _heads, _headDim)
            .transpose(1, 2)
            .reshape(-1, bucket.Length, _headDim);

    // 3 x [T*C*H, L, D] -> [T, C*L, HD]
    private Tensor Attend(Tensor query, Tensor key, Tensor value, int steps, WindowBucket bucket) =>
        bmm(Attention.Probabilities(query, key, mask: null), value)
            .view(-1, _heads, bucket.Length, _headDim)
            .transpose(1, 2)
            .reshape(steps, bucket.Count * bucket.Length, _heads * _headDim);
}
