using System.CommandLine;
using System.Runtime.InteropServices;

namespace TempSamp.Live.Trainer;

/// <summary>The <c>tempsamp-train</c> program: one command per verb, each in its own file under Commands.</summary>
public static class Program
{
    /// <summary>Exit codes: 0 success, 1 a failure that is explained, 2 bad usage.</summary>
    public static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("Renders broadcasts, trains grounding models on them and scores what they answer.")
        {
            RenderCommand.Create(),
            ScoreCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
        {
            using var stop = new CancellationTokenSource();
            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = !stop.IsCancellationRequested; // the second signal kills
                stop.Cancel();
            }

            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            return await parsed.InvokeAsync(null, stop.Token);
        }

        foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
        Console.Error.WriteLine("Run tempsamp-train --help, or a verb with --help.");
        return 2;
    }
}
