using System.Globalization;
using TempSamp.Live.Media;

namespace TempSamp.Live.Benchmarks;

/// <summary>A process that runs case after case and says which one it is at, so that its parent knows the one that ended or stopped it.</summary>
public static class FuzzWorker
{
    /// <summary>First argument of the program: what follows are the first seed, the number of cases, and a folder.</summary>
    public const string Verb = "fuzz-worker";

    private const long MemoryBytes = 1L << 30;

    /// <summary>Runs the cases when the command line asks for them.</summary>
    public static bool TryRun(IReadOnlyList<string> args, out int exitCode)
    {
        ArgumentNullException.ThrowIfNull(args);
        exitCode = 0;
        if (args is not [Verb, var first, var count, var folder]) return false;
        ProcessLimits.Apply(MemoryBytes);
        RunAsync(int.Parse(first, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture), folder).GetAwaiter().GetResult();
        return true;
    }

    private static async Task RunAsync(int first, int count, string folder)
    {
        using var fuzz = new MediaFuzz(folder);
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        for (var seed = first; seed < first + count; seed++)
        {
            await output.WriteLineAsync($"at {seed}").ConfigureAwait(false);
            var (isRead, wrong) = await fuzz.RunAsync(seed).ConfigureAwait(false);
            await output.WriteLineAsync(wrong is null ? isRead ? "read" : "refused" : $"wrong {wrong.ReplaceLineEndings(" ")}").ConfigureAwait(false);
        }
    }
}
