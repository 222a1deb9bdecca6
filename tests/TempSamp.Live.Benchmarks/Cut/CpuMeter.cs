using System.Diagnostics;
using System.Globalization;

namespace TempSamp.Live.Benchmarks;

/// <summary>Time and processor time of one piece of work.</summary>
/// <param name="Wall">Seconds that went by.</param>
/// <param name="Cpu">Seconds of processor time, of this process and of the programs it ran to their end.</param>
internal readonly record struct Effort(double Wall, double Cpu)
{
    private const double ClockTicksPerSecond = 100; // Linux counts the time of ended children in these

    /// <summary>Measures a piece of work.</summary>
    public static async Task<Effort> OfAsync(Func<Task> work)
    {
        var (cpu, start) = (Spent(), TimeProvider.System.GetTimestamp());
        await work();
        return new(TimeProvider.System.GetElapsedTime(start).TotalSeconds, Spent() - cpu);
    }

    /// <summary>The middle one of several measures, each number on its own.</summary>
    public static Effort Median(IReadOnlyCollection<Effort> efforts) =>
        new(efforts.Select(e => e.Wall).Order().ElementAt(efforts.Count / 2), efforts.Select(e => e.Cpu).Order().ElementAt(efforts.Count / 2));

    private static double Spent()
    {
        using var self = Process.GetCurrentProcess();
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return self.TotalProcessorTime.TotalSeconds + fields[13..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / ClockTicksPerSecond;
    }
}
