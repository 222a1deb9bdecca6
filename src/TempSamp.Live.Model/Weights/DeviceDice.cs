using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Repeatable random numbers on any device.</summary>
/// <remarks>TorchSharp 0.107 makes every generator one of the processor, whatever device it is asked for, and libtorch refuses that one on a GPU.</remarks>
internal static class DeviceDice
{
    /// <summary>What to hand to libtorch's random operations: a generator of its own on the processor; null on a GPU, whose own generator is seeded.</summary>
    public static Generator? Seeded(long seed, Device device)
    {
        if (device.type == DeviceType.CPU) return new((ulong)seed, CPU);
        cuda.manual_seed_all(seed);
        return null;
    }
}
