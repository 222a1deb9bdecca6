using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Media;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>What became of one cut.</summary>
/// <param name="File">The source, below the media folder.</param>
/// <param name="From">Seconds.</param>
/// <param name="To">Seconds.</param>
/// <param name="Asked">The mode that was asked for.</param>
/// <param name="Mode">The mode that was used; empty when no clip came.</param>
/// <param name="Fallback">Why another.</param>
/// <param name="Frames">Frames in the clip.</param>
/// <param name="Reencoded">Frames encoded again.</param>
/// <param name="Broken">Rules that it breaks.</param>
/// <param name="Skipped">Why it could not be judged; null when it was.</param>
internal sealed record CutOutcome(
    string File, double From, double To, string Asked, string Mode, string? Fallback, int Frames, int Reencoded, IReadOnlyList<string> Broken, string? Skipped);

/// <summary>Cuts random spans out of every file of the media set, smart and exact, and has the ffmpeg program judge them.</summary>
internal sealed class CutAccuracy(int cases, int seed, string? only, TextWriter log)
{
    private const double Shortest = 0.3, Longest = 8;

    private readonly ClipCutter _cutter = new(Options.Create(CutSource.Ingest), Options.Create(new CutOptions { Threads = 1, CheckEveryFrame = true }), NullLogger<ClipCutter>.Instance);

    /// <summary>Runs all cases.</summary>
    public async Task<List<CutOutcome>> RunAsync(string media, CancellationToken cancel)
    {
        var random = new Random(seed);
        var files = Files(media);
        random.Shuffle(files);
        if (only is not null) files = [.. files.Where(f => f.Contains(only, StringComparison.Ordinal))];
        var each = files.Select((_, i) => cases / files.Length + (i < cases % files.Length ? 1 : 0)).ToList();
        var seeds = files.Select(f => random.Next()).ToList();
        var outcomes = new List<CutOutcome>();
        var folder = Directory.CreateTempSubdirectory("tempsamp-accuracy-").FullName;
        try
        {
            for (var i = 0; i < files.Length; i++)
                if (each[i] > 0)
                    outcomes.AddRange(await FileAsync(media, files[i], each[i], new Random(seeds[i]), folder, cancel));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return outcomes;
    }

    private async Task<List<CutOutcome>> FileAsync(string media, string file, int count, Random random, string folder, CancellationToken cancel)
    {
        var path = Path.Combine(media, file);
        var outcomes = new List<CutOutcome>();
        CutSource? source = null;
        CutTruth? truth = null;
        string? skipped = null;
        try
        {
            source = await CutSource.ReadAsync(path, cancel);
            truth = CutTruth.Of(source.Read, DecodedFrames.Of(path));
            if (truth is null) skipped = $"no one can tell its frames apart: {source.Read.Pictures.Count} packets, notes {string.Join(' ', source.Read.Notes.Select(n => n.Kind).Distinct())}";
        }
        catch (StreamException e)
        {
            skipped = $"does not open: {e.Reason}";
        }

        for (var i = 0; i < count; i++)
        {
            var last = source?.Read.Pictures.Count > 0 ? source.Read.Pictures.Max(p => p.Pts.Seconds) : 0;
            var length = Math.Min(Shortest * Math.Pow(Longest / Shortest, random.NextDouble()), Math.Max(last, Shortest));
            var from = random.NextDouble() * Math.Max(0, last - length);
            var range = TimeRange.FromSeconds(from, from + length);
            foreach (var mode in (CutMode[])[CutMode.Smart, CutMode.Exact])
            {
                var outcome = new CutOutcome(file, Math.Round(from, 4), Math.Round(from + length, 4), mode.ToString().ToLowerInvariant(), "", null, 0, 0, [], skipped);
                if (skipped is null) outcome = await OneAsync(source!, truth!, range, mode, outcome, Path.Combine(folder, "clip.mp4"), cancel);
                outcomes.Add(outcome);
                if (outcome.Broken.Count > 0 || outcome.Skipped is not null)
                    log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file} {outcome.From}-{outcome.To} {outcome.Asked}->{outcome.Mode} {outcome.Fallback}: {string.Join("; ", outcome.Broken)}{outcome.Skipped}"));
            }
        }

        return outcomes;
    }

    private async Task<CutOutcome> OneAsync(CutSource source, CutTruth truth, TimeRange range, CutMode mode, CutOutcome outcome, string target, CancellationToken cancel)
    {
        try
        {
            var slice = await source.SliceAsync(range, cancel);
            var clip = await _cutter.CutAsync(slice, new(range, range.Start, target, new(mode)), cancel);
            var broken = CutJudge.Judge(source.Read, truth, clip).Select(b => $"{b.Rule}: {b.Seen}").ToList();
            return outcome with { Mode = clip.Mode, Fallback = clip.Fallback, Frames = clip.Frames, Reencoded = clip.Reencoded, Broken = broken };
        }
        catch (ClipException e)
        {
            var (first, end) = truth.In(range);
            if (e.Reason is "format-changed" or "no-key-frame") return outcome with { Skipped = $"refused by rule, {e.Reason}" };
            return end == first ? outcome with { Skipped = $"nothing is shown there: {e.Reason}" } : outcome with { Broken = [$"no-clip: {e.Message}"] };
        }
    }

    private static string[] Files(string media) =>
    [
        .. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(media, "manifest.json"))).RootElement.GetProperty("files").EnumerateArray()
            .Where(f => f.TryGetProperty("ffprobe", out var facts) && facts.TryGetProperty("video", out var video) && video.ValueKind == JsonValueKind.Object
                && video.TryGetProperty("decoded_frames", out var frames) && frames.ValueKind == JsonValueKind.Number && frames.GetInt32() > 0)
            .Select(f => f.GetProperty("file").GetString()!),
    ];
}
