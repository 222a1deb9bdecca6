using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TempSamp.Live.Benchmarks;

/// <summary><c>machine [--json]</c>: what the figures were measured on; every report begins with it.</summary>
public static class MachineVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("machine", "Prints processor, cores, load and runtime.") { json };
        command.SetAction(parse => Console.WriteLine(parse.GetValue(json) ? JsonSerializer.Serialize(MachineFacts.Read()) : MachineFacts.Read().ToString()));
        return command;
    }
}

/// <summary>The machine a figure was measured on.</summary>
/// <param name="Processor">Model name of the processor.</param>
/// <param name="Cores">Cores this process may use.</param>
/// <param name="Load">Load average of the last minute: how busy the machine was with other work.</param>
/// <param name="Runtime">.NET version.</param>
/// <param name="Date">UTC date.</param>
public sealed record MachineFacts(string Processor, int Cores, double Load, string Runtime, DateOnly Date)
{
    /// <summary>Reads <c>/proc</c>.</summary>
    public static MachineFacts Read()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        var load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
        return new(model?.Split(':')[1].Trim() ?? "unknown processor", Environment.ProcessorCount, load, RuntimeInformation.FrameworkDescription,
            DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Processor}, {Cores} cores, load {Load:0.0}, {Runtime}, {Date:yyyy-MM-dd}");
}
