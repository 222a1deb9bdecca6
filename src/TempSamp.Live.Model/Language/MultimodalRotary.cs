using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Rotary tables for positions in time, height and width: each frequency follows one of the three axes.</summary>
/// <remarks>The frequencies are plain numbers, not a buffer of the module, so that casting a model never rounds them.</remarks>
internal sealed class MultimodalRotary(QwenTextConfig config) : IDisposable
{
    private readonly float[] _frequencies = Rotary.Frequencies(config.RopeTheta, config.HeadDim);        // D/2
    private readonly long[] _axes = [.. config.MropeSection.SelectMany((count, axis) => Enumerable.Repeat((long)axis, count))];

    private readonly ConcurrentDictionary<string, (Tensor Axes, Tensor Frequencies)> _there = new();

    /// <summary>Positions [3, B, S] -> tables [B, S, 1, D], worked out in float32.</summary>
    public Rotary Of(Tensor positionIds, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (axes, frequencies) = On(positionIds.device);
        var positions = positionIds.index_select(0, axes).permute(1, 2, 0).unsqueeze(2);                // [B, S, 1, D/2]
        var tables = Rotary.Of(positions.to(ScalarType.Float32) * frequencies, type);
        return new(tables.Cos.MoveToOuterDisposeScope(), tables.Sin.MoveToOuterDisposeScope());
    }

    // Copied to each device once: a copy makes the host wait for the device.
    private (Tensor Axes, Tensor Frequencies) On(Device device) => _there.GetOrAdd(
        device.ToString(), _ => (tensor(_axes, device: device).DetachFromDisposeScope(), tensor(_frequencies, device: device).DetachFromDisposeScope()));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (axes, frequencies) in _there.Values)
        {
            axes.Dispose();
            frequencies.Dispose();
        }
    }
}
