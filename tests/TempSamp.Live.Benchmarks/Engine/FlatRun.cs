using TempSamp.Live.Grounding;
using TorchSharp;

namespace TempSamp.Live.Benchmarks;

/// <summary>What many hops leave behind.</summary>
/// <param name="Hops">How many.</param>
/// <param name="EarlyBytesPerHop">Managed bytes allocated by a hop of the second tenth.</param>
/// <param name="LateBytesPerHop">The same of the last tenth.</param>
/// <param name="EarlyTensors">Tensors alive after the second tenth.</param>
/// <param name="LateTensors">The same at the end.</param>
/// <param name="EarlyResident">Resident bytes after the second tenth.</param>
/// <param name="LateResident">The same at the end.</param>
internal sealed record FlatFigures(int Hops, long EarlyBytesPerHop, long LateBytesPerHop, long EarlyTensors, long LateTensors, long EarlyResident, long LateResident);

/// <summary>Asks the bundled model four queries, hop after hop.</summary>
internal static class FlatRun
{
    /// <summary>Measures.</summary>
    public static FlatFigures Run(int hops)
    {
        using var model = GroundingModel.Load(new() { ModelDirectory = Path.Combine(BenchModel.Bundled, "tempsamp-mini") });
        using var engine = new GroundingEngine(model);
        var queries = SpeedRun.Queries[..4];
        using var windows = engine.Open(SearchPace.Live(model.Profile.WindowSeconds, model.Profile.HopSeconds, model.Profile.Phases), queries);
        float[][] pictures = [.. Enumerable.Range(0, 16).Select(i => Enumerable.Repeat(i / 8f - 1, model.PairGrid.Patches * model.Frames.PatchLength).ToArray())];
        var tenth = hops / 10;
        var (allocated, tensors, resident) = (new long[hops + 1], new long[2], new long[2]);
        for (var hop = 0; hop < hops; hop++)
        {
            windows.Push([.. Enumerable.Range(2 * hop, 2).Select(s => new FramePair(s, pictures[s % pictures.Length]))]);
            engine.Run([new(windows, queries)]);
            allocated[hop + 1] = GC.GetAllocatedBytesForCurrentThread();
            if (hop + 1 != 2 * tenth && hop + 1 != hops) continue;
            GC.Collect();
            (tensors[hop + 1 == hops ? 1 : 0], resident[hop + 1 == hops ? 1 : 0]) = (DisposeScopeManager.Statistics.ThreadTotalLiveCount, Cpu.Resident());
        }
        return new(
            hops, (allocated[2 * tenth] - allocated[tenth]) / tenth, (allocated[hops] - allocated[hops - tenth]) / tenth, tensors[0], tensors[1], resident[0], resident[1]);
    }
}
