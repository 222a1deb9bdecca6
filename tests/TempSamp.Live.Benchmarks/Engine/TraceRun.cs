using System.Text.Json;
using TempSamp.Live.Grounding;
using TempSamp.Live.Media;

namespace TempSamp.Live.Benchmarks;

/// <summary>How answers of the bundled model come about on the bundled broadcast.</summary>
/// <param name="Queries">Asked at every hop.</param>
/// <param name="Answers">In all.</param>
/// <param name="MeanPasses">Dependent passes of an answer.</param>
/// <param name="MostPasses">The most of any answer.</param>
/// <param name="GuessedShare">Answers of one pass.</param>
/// <param name="TemplateShare">Answers that free greedy decoding would have given too, to the letter.</param>
/// <param name="TemplateShareThere">The same of those whose event is there by the model's own presence.</param>
/// <param name="HopMs">CPU milliseconds of a hop, that check included.</param>
internal sealed record TraceFigures(int Queries, long Answers, double MeanPasses, int MostPasses, double GuessedShare, double TemplateShare, double TemplateShareThere, double HopMs);

/// <summary>Plays the bundled broadcast to the bundled model as fast as it goes.</summary>
internal static class TraceRun
{
    /// <summary>Measures.</summary>
    public static TraceFigures Run()
    {
        using var model = GroundingModel.Load(new() { ModelDirectory = Path.Combine(BenchModel.Bundled, "tempsamp-mini") });
        using var engine = new GroundingEngine(model, checkEvery: 1);
        var labels = JsonDocument.Parse(File.ReadAllText(Path.Combine(BenchModel.Bundled, "demo-broadcast", "broadcast.json"))).RootElement;
        string[] queries = [.. labels.GetProperty("queries").EnumerateArray().Select(q => q.GetProperty("text").GetString()!)];
        using var windows = engine.Open(SearchPace.Live(model.Profile.WindowSeconds, model.Profile.HopSeconds, model.Profile.Phases), queries);
        var pairs = new PairAssembler(model);
        var (hops, cpu) = (0, 0.0);
        foreach (var frame in FrameReader.ReadFrames(Path.Combine(BenchModel.Bundled, "demo-broadcast", "broadcast.mp4"), model.Size.Width, model.Size.Height))
        {
            windows.Push(pairs.Push(frame));
            if (windows.Waiting.Count < model.Profile.HopSeconds) continue;
            hops++;
            cpu += Cpu.Of(() => engine.Run([new(windows, queries)]));
        }
        var counters = engine.Counters;
        return new(
            queries.Length, counters.Answers, counters.MeanPasses, counters.MostPasses, (double)counters.Held / counters.Answers, (double)counters.Following / counters.Checked, (double)counters.FollowingThere / counters.CheckedThere, cpu / hops);
    }
}
