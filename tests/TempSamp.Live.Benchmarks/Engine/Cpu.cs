using System.Diagnostics;

namespace TempSamp.Live.Benchmarks;

/// <summary>Processor time of the whole process.</summary>
internal static class Cpu
{
    /// <summary>Milliseconds that an action takes on all cores together.</summary>
    public static double Of(Action action)
    {
        var before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }

    /// <summary>Resident memory in bytes.</summary>
    public static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
