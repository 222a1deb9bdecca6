using System.Runtime.InteropServices;

namespace TempSamp.Live.Media;

/// <summary>The program that a worker process runs: the service's own binary (or a test program), told apart by its first argument.</summary>
/// <remarks>
/// It speaks <see cref="WirePipe"/> on standard input and output, ends when either is closed, so that it never outlives its parent, and leaves
/// interrupts to the parent, which ends its workers when it has finished with them.
/// </remarks>
public static class WorkerProgram
{
    /// <summary>First argument of a worker that reads a stream.</summary>
    public const string IngestVerb = "ingest-worker";

    /// <summary>First argument of a worker that cuts clips.</summary>
    public const string CutVerb = "cut-worker";

    /// <summary>Runs a worker when the command line asks for one. Call this before anything else: what is not loaded costs no memory.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="exitCode">The program's exit code.</param>
    /// <returns>False when the command line is for people.</returns>
    public static bool TryRun(IReadOnlyList<string> args, out int exitCode)
    {
        ArgumentNullException.ThrowIfNull(args);
        exitCode = 0;
        if (args.Count != 1 || args[0] is not (IngestVerb or CutVerb)) return false;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        var pipe = new WirePipe(Console.OpenStandardInput(), Console.OpenStandardOutput());
        if (args[0] == IngestVerb) IngestWorker.Run(pipe, TimeProvider.System);
        else CutWorker.Run(pipe, TimeProvider.System);
        return true;
    }
}
