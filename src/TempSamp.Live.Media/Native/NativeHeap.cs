using System.Runtime.InteropServices;
using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>
/// What the C library keeps of memory that libav has freed. glibc gives each thread a heap of its own, up to eight a core, and gives back only what lies at a heap's
/// end: a process that opens and closes streams for days holds several times what it uses.
/// </summary>
/// <remarks>Other C libraries have neither function and are left alone.</remarks>
internal static unsafe class NativeHeap
{
    private const int ArenaMax = -8;   // M_ARENA_MAX of glibc's malloc.h
    private const int MostHeaps = 2;

    /// <summary>Giving back walks all heaps: not more often than this.</summary>
    private static readonly TimeSpan s_apart = TimeSpan.FromSeconds(10);

    private static readonly delegate* unmanaged[Cdecl]<int, int, int> s_set = (delegate* unmanaged[Cdecl]<int, int, int>)Find("mallopt");
    private static readonly delegate* unmanaged[Cdecl]<nuint, int> s_trim = (delegate* unmanaged[Cdecl]<nuint, int>)Find("malloc_trim");

    private static long s_givenBackAt;

    /// <summary>Whether this C library can be told.</summary>
    public static bool CanGiveBack => s_set != null && s_trim != null;

    /// <summary>Lets all threads share two heaps from here on: for a process that does little else than libav.</summary>
    public static void Bound()
    {
        if (s_set != null) _ = s_set(ArenaMax, MostHeaps);
    }

    /// <summary>Gives back to the system what is free, if that was not done a moment ago. Called now and then while a stream is read, and where something large was freed.</summary>
    public static void GiveBack(TimeProvider time)
    {
        var last = Interlocked.Read(ref s_givenBackAt);
        var now = time.GetTimestamp();
        if (s_trim == null || (last != 0 && time.GetElapsedTime(last, now) < s_apart)) return;
        if (Interlocked.CompareExchange(ref s_givenBackAt, now, last) == last) GiveBack();
    }

    /// <summary>Gives back now.</summary>
    internal static void GiveBack() => _ = s_trim(0);

    private static nint Find(string function) => NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), function, out var found) ? found : 0;
}
