using System.Diagnostics;
using System.Globalization;

namespace TempSamp.Live.Benchmarks;

/// <summary>What a fuzz run over media openings found.</summary>
/// <param name="Cases">Files opened.</param>
/// <param name="Read">How many gave packets.</param>
/// <param name="Refused">How many were refused with a clear error.</param>
/// <param name="SlowestMilliseconds">The longest that one took.</param>
/// <param name="Failures">Seed and what went wrong, of each that did: a crash, a hang, an unexplained error, a file opened that must not be.</param>
public sealed record MediaFuzzReport(int Cases, int Read, int Refused, double SlowestMilliseconds, IReadOnlyList<string> Failures);

/// <summary>Runs media cases in worker processes; one that crashes or hangs is noted with its seed, its input is kept, and the next process goes on behind it.</summary>
public static class MediaFuzzRun
{
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(10), s_start = TimeSpan.FromMinutes(5); // seeds are made first, on a machine that may be busy

    /// <summary>Runs cases one after the other.</summary>
    /// <param name="cases">How many.</param>
    /// <param name="seed">Number of the first.</param>
    /// <param name="keep">Folder for inputs that break something; null keeps none.</param>
    /// <param name="time">Measures each.</param>
    /// <param name="cancel">Stops the run.</param>
    public static async Task<MediaFuzzReport> RunAsync(int cases, int seed, string? keep, TimeProvider time, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(time);
        var folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"tempsamp-fuzz-{Environment.ProcessId}-{seed}")).FullName;
        var found = new Found(time);
        try
        {
            for (var next = seed; next < seed + cases; next = await OneProcessAsync(next, seed + cases - next, folder, found, cancel).ConfigureAwait(false))
            {
            }

            if (keep is not null && found.Failures.Count > 0) Keep(keep, folder, found.Seeds);
            return new(cases, found.Read, found.Refused, found.Slowest.TotalMilliseconds, found.Failures);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Gives the seed that the next process begins with.
    private static async Task<int> OneProcessAsync(int first, int count, string folder, Found found, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [FuzzWorker.Verb, first.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture), folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancel);
        string? ending = null;
        var patience = s_start;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(cancel).AsTask().WaitAsync(patience, found.Time, cancel).ConfigureAwait(false) is { } line)
            {
                found.Take(line);
                patience = s_hang;
            }
        }
        catch (TimeoutException)
        {
            ending = $"it hung for {s_hang.TotalSeconds:0} s";
        }
        finally
        {
            if (!process.HasExited && (ending is not null || cancel.IsCancellationRequested)) process.Kill();
        }

        await process.WaitForExitAsync(cancel).ConfigureAwait(false);
        if (ending is null && process.ExitCode == 0) return first + count;
        if (found.At is not { } at) throw new InvalidOperationException($"the fuzz worker did not start: {await errors.ConfigureAwait(false)}");
        found.Fail(ending ?? $"the process ended with code {process.ExitCode}: {(await errors.ConfigureAwait(false)).ReplaceLineEndings(" ")}");
        return at + 1;
    }

    private static void Keep(string keep, string folder, IEnumerable<int> seeds)
    {
        Directory.CreateDirectory(keep);
        using var fuzz = new MediaFuzz(folder);
        foreach (var seed in seeds)
        {
            var (kind, bytes) = fuzz.Make(seed);
            File.WriteAllBytes(Path.Combine(keep, $"{seed}{MediaSeeds.EndingOf(kind)}"), bytes);
        }
    }

    private sealed class Found(TimeProvider time)
    {
        private long _began;

        public TimeProvider Time { get; } = time;

        public int? At { get; private set; }

        public int Read { get; private set; }

        public int Refused { get; private set; }

        public TimeSpan Slowest { get; private set; }

        public List<string> Failures { get; } = [];

        public List<int> Seeds { get; } = [];

        public void Take(string line)
        {
            if (line.StartsWith("at ", StringComparison.Ordinal))
            {
                (At, _began) = (int.Parse(line.AsSpan(3), CultureInfo.InvariantCulture), Time.GetTimestamp());
                return;
            }

            var took = Time.GetElapsedTime(_began);
            if (took > Slowest) Slowest = took;
            if (line == "read") Read++;
            else if (line == "refused") Refused++;
            else Fail(line);
        }

        public void Fail(string what)
        {
            Failures.Add($"seed {At}: {what}");
            Seeds.Add(At!.Value);
        }
    }
}
