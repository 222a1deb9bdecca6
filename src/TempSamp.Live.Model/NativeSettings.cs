using System.Runtime.InteropServices;

namespace TempSamp.Live.Model;

/// <summary>Settings of the native libraries under libtorch that its API does not reach. Process-wide.</summary>
internal static partial class NativeSettings
{
    private const int TrimThreshold = -1;
    private const int MmapMax = -4;
    private const int ArenaMax = -8;

    /// <summary>Tells the C library's allocator to keep what tensors free; best called before other threads allocate.</summary>
    /// <remarks>
    /// By default every tensor of 32 MB or more, and many smaller ones, is mapped afresh and unmapped again; the kernel zeroes its pages each time.
    /// At the sizes of this model that is a third to a half of a training step: attention over 600 tokens, forward and backward in bfloat16, went
    /// from 203 to 126 ms of CPU time. The price is that the process keeps its peak.
    /// </remarks>
    public static void KeepFreedMemory()
    {
        _ = mallopt(ArenaMax, 1);
        _ = mallopt(MmapMax, 0);
        _ = mallopt(TrimThreshold, int.MaxValue);
    }

    /// <summary>Lets libtorch's threads sleep while they wait for each other; must come before OpenMP is loaded. A setting from outside stays.</summary>
    /// <remarks>
    /// By default they spin. On a busy machine a thread then spins through whole time slices while the one it waits for has no core: a hop of the bundled model
    /// took 0.26 s asleep and 2.5 to 7 s spinning, on two cores shared with other work.
    /// </remarks>
    public static void SleepInsteadOfSpinning() => _ = setenv("OMP_WAIT_POLICY", "passive", 0);

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
