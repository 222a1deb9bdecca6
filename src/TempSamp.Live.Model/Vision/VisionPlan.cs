using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>What all blocks of the tower share in a pass: it follows from the grids alone.</summary>
internal sealed class VisionPlan
{
    /// <summary>Lays a batch out on a device.</summary>
    /// <param name="layout">Of the batch.</param>
    /// <param name="config">Of the tower.</param>
    /// <param name="isFused">Whether all windows are read by one kernel; then the batch is one run.</param>
    /// <param name="device">Where.</param>
    public VisionPlan(VisionLayout layout, QwenVisionConfig config, bool isFused, Device device)
    {
        Layout = layout;
        Rotary = Array.ConvertAll(layout.Runs, run => RotaryOf(run.Frame, config, device));
        Order = tensor(layout.BlockOrder, device: device);
        Back = Order.argsort();
        Ranges = isFused ? new(layout.Runs[0], device) : null;
    }

    /// <summary>Where time steps and windows lie.</summary>
    public VisionLayout Layout { get; }

    /// <summary>Per run, tables [P, 1, 1, hd].</summary>
    public Rotary[] Rotary { get; }

    /// <summary>Number of the merge block, in the order of the input, at each place of the tower's order, [N/4].</summary>
    public Tensor Order { get; }

    /// <summary>The way back, [N/4].</summary>
    public Tensor Back { get; }

    /// <summary>The windows for the fused kernel; null where each is read by products.</summary>
    public VisionRanges? Ranges { get; }

    /// <summary>Everything that lies on the device.</summary>
    public IEnumerable<Tensor> Tensors => [.. Rotary.SelectMany(r => new[] { r.Cos, r.Sin }), Order, Back, .. Ranges?.Tensors ?? []];

    /// <summary>Row angles, then column angles, in float32: tables [P, 1, 1, hd] in the tower's order.</summary>
    public static Rotary RotaryOf(FrameLayout frame, QwenVisionConfig config, Device device)
    {
        var frequencies = Model.Rotary.Frequencies(10_000, config.HeadDim / 2);                     // hd/4
        var angles = frame.Positions.SelectMany(p => frequencies.Select(f => p.Row * f).Concat(frequencies.Select(f => p.Column * f))).ToArray();
        return Model.Rotary.Of(tensor(angles, [frame.Patches, 1, 1, config.HeadDim / 2], device: device), ScalarType.Float32);
    }
}
