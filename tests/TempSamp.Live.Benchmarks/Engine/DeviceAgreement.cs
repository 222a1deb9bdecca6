using TempSamp.Live.Grounding;
using TempSamp.Live.Model;
using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary>Whether a device says what the processor says: the bundled model in float32 on the same stream, hop by hop.</summary>
/// <param name="Answers">Answers compared.</param>
/// <param name="Same">Of them, those with the same text on both.</param>
/// <param name="WorstPresence">Largest difference of an event's presence.</param>
internal sealed record DeviceAgreement(int Answers, int Same, double WorstPresence)
{
    private const int Hops = 24;

    /// <summary>Runs both.</summary>
    public static DeviceAgreement With(Device device)
    {
        var (here, there) = (Answer(CPU), Answer(device));
        return new(here.Count, here.Zip(there).Count(p => p.First.Text == p.Second.Text), here.Zip(there).Max(p => Math.Abs(p.First.Presence - p.Second.Presence)));
    }

    private static List<(string Text, double Presence)> Answer(Device device)
    {
        using var model = GroundingModel.Load(new() { ModelDirectory = Path.Combine(BenchModel.Bundled, "tempsamp-mini"), Device = device.ToString() });
        using var engine = new GroundingEngine(model, checkEvery: 0);
        var (pace, queries) = (SearchPace.Live(model.Profile.WindowSeconds, model.Profile.HopSeconds, model.Profile.Phases), SpeedRun.Queries);
        using var windows = engine.Open(pace, queries);
        var (said, random) = (new List<(string, double)>(), new Random(7));
        for (var hop = 0; hop < Hops; hop++)
        {
            windows.Push([.. Enumerable.Range(hop * pace.Hop, pace.Hop).Select(s => new FramePair(s, Patches(model, random)))]);
            said.AddRange(engine.Run([new(windows, queries)])[0].Answers.Select(a => (a.Text, a.Presence)));
        }
        return said;
    }

    private static float[] Patches(GroundingModel model, Random random) =>
        [.. Enumerable.Range(0, model.PairGrid.Patches * model.Frames.PatchLength).Select(_ => (float)(random.NextDouble() * 4 - 2))];
}
