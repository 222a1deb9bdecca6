using System.CommandLine;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// <c>dotnet run -c Release --project tests/TempSamp.Live.Benchmarks -- VERB [--json]</c>: measures one part of the system against a named
/// baseline in the same run. Each verb is a class of its own.
/// </summary>
public static class Program
{
    /// <summary>Exit codes: 0 measured, 1 a failure that is explained, 2 bad usage.</summary>
    public static async Task<int> Main(string[] args)
    {
        if (FuzzWorker.TryRun(args, out var exitCode)) return exitCode;
        var root = new RootCommand("Measures TempSamp.Live, each figure beside its baseline in the same run.")
        {
            MachineVerb.Create(),
            GlassVerb.Create(),
            SoakVerb.Create(),
            IngestVerb.Create(),
            LoadVerb.Create(),
            CutVerb.Create(),
            FuzzVerb.Create(),
            EngineVerb.Create(),
            PresenceVerb.Create(),
            MomentsVerb.Create(),
            DeliveryVerb.Create(),
            ChaosVerb.Create(),
            TrainerVerb.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0) return await parsed.InvokeAsync();
        foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
        Console.Error.WriteLine("Run with --help, or a verb with --help.");
        return 2;
    }
}
