using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Which patches of equal time steps see each other, as the fused kernel takes it.</summary>
internal sealed class VisionRanges
{
    /// <summary>Lays them out on a device.</summary>
    public VisionRanges(FrameRun run, Device device)
    {
        int[] windows = [.. run.Frame.Buckets.SelectMany(b => Enumerable.Repeat(b.Length, b.Count))];
        Windows = Of([.. Enumerable.Repeat(windows, run.Steps).SelectMany(w => w)], device);
        Steps = Of([.. Enumerable.Repeat(run.Frame.Patches, run.Steps)], device);
    }

    /// <summary>Patches of a window see each other.</summary>
    public RangesOnDevice Windows { get; }

    /// <summary>Patches of a time step see each other.</summary>
    public RangesOnDevice Steps { get; }

    /// <summary>Everything that lies on the device.</summary>
    public IEnumerable<Tensor> Tensors => [.. Windows.Tensors, .. Steps.Tensors];

    private static RangesOnDevice Of(int[] lengths, Device device)
    {
        var from = new int[lengths.Length];
        for (var i = 1; i < lengths.Length; i++) from[i] = from[i - 1] + lengths[i - 1];
        return new KeyRanges(lengths, from, lengths).On(device);
    }
}
