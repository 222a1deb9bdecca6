using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>Brings patches to the model's device: cast on the processor while the device still works on the ones before, and copied at once from memory that the device can read itself.</summary>
internal sealed class PatchStaging(ScalarType type, Device device) : IDisposable
{
    private Tensor? _room;              // flat, page-locked where there is a GPU

    /// <summary>Numbers of all pairs, [pairs, length] in the model's type on its device.</summary>
    public Tensor Take(IReadOnlyList<float[]> pairs, long length)
    {
        if (device.type != DeviceType.CUDA) return Fill(empty([pairs.Count, length], type, device), pairs);
        if (_room is null || _room.numel() < pairs.Count * length)
        {
            using var scope = NewDisposeScope();
            var larger = empty([pairs.Count * length], type).pin_memory().DetachFromDisposeScope();
            _room?.Dispose();
            _room = larger;
        }
        return Fill(_room.narrow(0, 0, pairs.Count * length).view(pairs.Count, length), pairs).to(device);
    }

    private static Tensor Fill(Tensor room, IReadOnlyList<float[]> pairs)
    {
        foreach (var (i, pair) in pairs.Index())
        {
            using var own = from_array(pair);
            room[i].copy_(own);
        }
        return room;
    }

    /// <inheritdoc/>
    public void Dispose() => _room?.Dispose();
}
