using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TempSamp.Live.Media;

/// <summary>What a worker gives up before it touches anything from outside. None of it can be taken back.</summary>
internal static partial class ProcessLimits
{
    private const int ResourceData = 2, ResourceCore = 4, ResourceFiles = 7; // RLIMIT_DATA, RLIMIT_CORE, RLIMIT_NOFILE
    private const int NoNewPrivileges = 38;                                  // PR_SET_NO_NEW_PRIVS

    /// <summary>Writable memory that the runtime and its thread stacks map without ever filling it.</summary>
    private const long Unfilled = 512L << 20;

    private const long MostFiles = 256;
    private const int Fault = 11; // SIGSEGV

    /// <summary>
    /// Bounds the memory and the open files of this process, its core dumps (none), and its right to gain rights (none). A memory fault ends it at once:
    /// the runtime's own handler would look for managed code to blame first.
    /// </summary>
    /// <param name="memoryBytes">Memory that may be filled; the kernel refuses more than that and what is mapped but never filled.</param>
    public static void Apply(long memoryBytes)
    {
        Set(ResourceData, memoryBytes + Unfilled);
        Set(ResourceCore, 0);
        Set(ResourceFiles, MostFiles);
        SetHandler(Fault, 0);
        if (SetProcessOption(NoNewPrivileges, 1, 0, 0, 0) != 0) throw new Win32Exception();
    }

    /// <summary>Ends this process at once, whatever its other threads do.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void Exit(int code);

    private static void Set(int resource, long limit)
    {
        var both = new Limit(limit, limit);
        if (SetLimit(resource, in both) != 0) throw new Win32Exception();
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limit limit);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int SetProcessOption(int option, nuint a, nuint b, nuint c, nuint d);

    /// <summary>struct rlimit: the limit and the most that it may be raised to, in bytes or pieces.</summary>
    private readonly record struct Limit(long Current, long Most);
}
