using TempSamp.Live.Grounding;
using TempSamp.Live.Model;
using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary>Whether a device says what the processor says in float32: the bundled model on the same streams, hop by hop.</summary>
/// <param name="Answers">Answers compared.</param>
/// <param name="Same">Of them, those with the same text on both.</param>
/// <param name="WorstPresence">Largest difference of an event's presence.</param>
internal sealed record DeviceAgreement(int Answers, int Same, double WorstPresence)
{
    private const int Hops = 12, Streams = 3;

    /// <summary>
    /// The device in float32, in bfloat16 with one stream at a time, whose small passes are recorded, and with all streams together; and the processor in bfloat16, which tells what the format alone changes.
    /// </summary>
    public static Dictionary<string, DeviceAgreement> With(Device device)
    {
        var expected = Answer(CPU, Precision.Float32, together: true);
        return new()
        {
            ["float32"] = Of(expected, Answer(device, Precision.Float32, together: true)),
            ["bfloat16, one stream at a time"] = Of(expected, Answer(device, Precision.BFloat16, together: false)),
            ["bfloat16, streams together"] = Of(expected, Answer(device, Precision.BFloat16, together: true)),
            ["bfloat16 of the processor"] = Of(expected, Answer(CPU, Precision.BFloat16, together: true)),
        };
    }

    private static DeviceAgreement Of(List<(string Text, double Presence)> here, List<(string Text, double Presence)> there) =>
        new(here.Count, here.Zip(there).Count(p => p.First.Text == p.Second.Text), here.Zip(there).Max(p => Math.Abs(p.First.Presence - p.Second.Presence)));

    private static List<(string Text, double Presence)> Answer(Device device, Precision precision, bool together)
    {
        using var model = GroundingModel.Load(new() { ModelDirectory = Path.Combine(BenchModel.Bundled, "tempsamp-mini"), Device = device.ToString(), Precision = precision });
        using var engine = new GroundingEngine(model, checkEvery: 0);
        var (pace, queries) = (SearchPace.Live(model.Profile.WindowSeconds, model.Profile.HopSeconds, model.Profile.Phases), SpeedRun.Queries);
        var streams = Enumerable.Range(0, Streams).Select(_ => engine.Open(pace, queries)).ToArray();
        var (said, random) = (new List<(string, double)>(), new Random(7));
        for (var hop = 0; hop < Hops; hop++)
        {
            foreach (var windows in streams) windows.Push([.. Enumerable.Range(hop * pace.Hop, pace.Hop).Select(s => new FramePair(s, Patches(model, random)))]);
            StreamHop[] hops = [.. streams.Select(windows => new StreamHop(windows, queries))];
            var answers = together ? engine.Run(hops) : [.. hops.SelectMany(h => engine.Run([h]))];
            said.AddRange(answers.SelectMany(a => a.Answers).Select(a => (a.Text, a.Presence)));
        }
        foreach (var windows in streams) windows.Dispose();
        return said;
    }

    private static float[] Patches(GroundingModel model, Random random) =>
        [.. Enumerable.Range(0, model.PairGrid.Patches * model.Frames.PatchLength).Select(_ => (float)(random.NextDouble() * 4 - 2))];
}
