using System.Globalization;
using System.Runtime.InteropServices;

namespace TempSamp.Live.Benchmarks;

/// <summary>What this process holds and who holds it: the managed heap, native code, or the C library for later use.</summary>
internal static partial class MemoryMeter
{
    private const double MiB = 1 << 20;

    /// <summary>Collects garbage, which is not growth, and measures.</summary>
    /// <param name="tapeBytes">Encoded bytes that the tapes hold in memory.</param>
    public static SoakMemory Read(long tapeBytes)
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var native = Allocations();
        return new(Anonymous() / MiB, GC.GetTotalMemory(forceFullCollection: false) / MiB, GC.GetGCMemoryInfo().TotalCommittedBytes / MiB,
            ((long)native.InUse + (long)native.Mapped) / MiB, (long)native.Free / MiB, tapeBytes / MiB);
    }

    private static long Anonymous()
    {
        const string field = "RssAnon:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }

    // struct mallinfo2 of malloc.h.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MallocInfo
    {
        public readonly nuint Arena, FreeChunks, FastChunks, MappedRegions, Mapped, Unused, FastFree, InUse, Free, Releasable;
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial MallocInfo Allocations();
}
