using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Media;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>One way of cutting beside the ffmpeg program doing the same.</summary>
/// <param name="What">What was cut, and how.</param>
/// <param name="Ours">From the tape in memory to a closed and checked file with its poster.</param>
/// <param name="Theirs">The program, from its start to its end.</param>
/// <param name="Frames">Frames in our clip.</param>
/// <param name="Reencoded">Of which were encoded again.</param>
internal sealed record CutFigure(string What, Effort Ours, Effort Theirs, int Frames, int Reencoded);

/// <summary>Cuts 20 s out of 1080p30 H.264 at 5 Mbit/s, made by the ffmpeg program, in turns with the program.</summary>
internal sealed class CutSpeed(string? only) : IDisposable
{
    private const int CopyRounds = 9, EncodeRounds = 3;
    private const double CopyFrom = 4, SmartFrom = 3.5, Length = 20, SourceLength = 25;

    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-cut-speed-").FullName;
    private readonly ClipCutter _cutter = new(Options.Create(CutSource.Ingest), Options.Create(new CutOptions()), NullLogger<ClipCutter>.Instance);
    private readonly WorkerCutter _workers = new(
        Options.Create(CutSource.Ingest), Options.Create(new CutOptions()), Options.Create(new WorkerOptions()), TimeProvider.System, NullLogger<WorkerCutter>.Instance);

    /// <summary>Measures copy, smart and exact cuts.</summary>
    public async Task<List<CutFigure>> RunAsync(CancellationToken cancel)
    {
        var path = Make();
        var source = await CutSource.ReadAsync(path, cancel);
        var all = new List<(string What, int Rounds, IClipCutter Cutter, CutMode Mode, double From, string[] Codecs)>
        {
            ("copy, 20 s", CopyRounds, _cutter, CutMode.Copy, CopyFrom, ["-c", "copy"]),
            ("copy, 20 s, by a worker, whose CPU is not counted", CopyRounds, _workers, CutMode.Copy, CopyFrom, ["-c", "copy"]),
            ("smart, 20 s, beside encoding it again", EncodeRounds, _cutter, CutMode.Smart, SmartFrom, s_encode),
            ("exact, 20 s, beside encoding it again", 1, _cutter, CutMode.Exact, SmartFrom, s_encode),
        };
        var figures = new List<CutFigure>();
        foreach (var (what, rounds, cutter, mode, from, codecs) in all.Where(f => only is null || f.What.StartsWith(only, StringComparison.Ordinal)))
            figures.Add(await CompareAsync(what, rounds, cutter, source, path, mode, from, codecs, cancel));
        return figures;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _workers.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static readonly string[] s_encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-c:a", "copy"];

    private async Task<CutFigure> CompareAsync(string what, int rounds, IClipCutter cutter, CutSource source, string path, CutMode mode, double from, string[] codecs, CancellationToken cancel)
    {
        var range = TimeRange.FromSeconds(from, from + Length);
        var slice = await source.SliceAsync(range, cancel);
        var (ours, theirs) = (new List<Effort>(), new List<Effort>());
        ClipFile? clip = null;
        for (var round = 0; round < rounds + 1; round++)
        {
            var mine = await Effort.OfAsync(async () => clip = await cutter.CutAsync(slice, new(range, range.Start, Path.Combine(_folder, "ours.mp4"), new(mode)), cancel));
            var its = await Effort.OfAsync(() => Task.FromResult(MediaProgram.Run("ffmpeg",
                ["-v", "error", "-ss", Text(from), "-t", Text(Length), "-i", path, .. codecs, "-movflags", "+faststart", "-y", Path.Combine(_folder, "theirs.mp4")])));
            if (round == 0 && rounds > 1) continue; // the first warms up
            ours.Add(mine);
            theirs.Add(its);
        }

        return new(what, Effort.Median(ours), Effort.Median(theirs), clip!.Frames, clip.Reencoded);
    }

    private string Make()
    {
        var path = Path.Combine(_folder, "source.mp4");
        var (_, errors, code) = MediaProgram.Run("ffmpeg",
            "-v", "error", "-f", "lavfi", "-i", $"testsrc2=s=1920x1080:r=30:d={Text(SourceLength)},noise=alls=6:allf=t", "-f", "lavfi", "-i", $"sine=440:sample_rate=48000:d={Text(SourceLength)}",
            "-c:v", "libx264", "-preset", "superfast", "-b:v", "5M", "-maxrate", "5M", "-bufsize", "10M", "-g", "60", "-bf", "2", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", "-y", path);
        return code == 0 ? path : throw new InvalidOperationException($"ffmpeg could not make the source: {errors}");
    }

    private static string Text(double seconds) => seconds.ToString(CultureInfo.InvariantCulture);
}
