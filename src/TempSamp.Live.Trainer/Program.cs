using System.CommandLine;
using System.Runtime.InteropServices;
using TempSamp.Live.Core;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>The <c>tempsamp-train</c> program: one command per verb, each in its own file under Commands.</summary>
public static class Program
{
    /// <summary>Exit codes: 0 success, 1 a failure that is explained, 2 bad usage.</summary>
    public static async Task<int> Main(string[] args)
    {
        try
        {
            args = ConfigFile.Expand(args);
        }
        catch (TrainerException explained)
        {
            Console.Error.WriteLine(explained.Message);
            return 2;
        }
        var root = new RootCommand("Renders broadcasts, trains grounding models on them and scores what they answer.")
        {
            RenderCommand.Create(),
            SftCommand.Create(),
            PolicyCommand.Create("grpo", PolicyMethod.Grpo, "Trains a model on groups of its own solutions (GRPO)."),
            PolicyCommand.Create("tempsamp", PolicyMethod.TempSamp, "Trains a model on groups of its own solutions and the annotation (TempSamp-R1)."),
            PredictCommand.Create(),
            ScoreCommand.Create(),
            CalibrateCommand.Create(),
            AdvantagesCommand.Create(),
            ReportCommand.Create(),
            ExperimentCommand.Create(),
        };
        root.Options.Add(new Option<string>(ConfigFile.Flag) { Description = "JSON object of a verb's flags; those on the command line win.", Recursive = true });
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
            Console.Error.WriteLine("Run tempsamp-train --help, or a verb with --help.");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested; // the second signal kills
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, stop.Token);
        }
        catch (Exception explained) when (explained is TrainerException or ModelException or StreamException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(explained.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.Error.WriteLine("Stopped.");
            return 0;
        }
    }
}
