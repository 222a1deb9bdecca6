using System.Diagnostics;
using TempSamp.Live.Grounding;
using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary>What a device does with one model, by the wall clock.</summary>
/// <param name="LatencyP50Ms">From the last pair of a hop at hand to four parsed answers, one stream with a full window.</param>
/// <param name="LatencyP95Ms">The same, 95 of 100 hops.</param>
/// <param name="PassesOfHop">Passes that such a hop's four answers took.</param>
/// <param name="EncodeMs">Of a hop, its pairs through the tower; the median.</param>
/// <param name="GrowMs">Of a hop, its rows into both windows; the median.</param>
/// <param name="AskMs">Of a hop, its questions; the median.</param>
/// <param name="StepMs">One decode step of four rows behind a full window.</param>
/// <param name="StepBytes">Weights, keys and values that it reads.</param>
internal sealed record DeviceFigures(double LatencyP50Ms, double LatencyP95Ms, double PassesOfHop, double EncodeMs, double GrowMs, double AskMs, double StepMs, long StepBytes)
{
    /// <summary>Gigabytes read a second in a decode step.</summary>
    public double StepGigabytesPerSecond => StepBytes / StepMs / 1e6;
}

/// <summary>Measures tower, answers and decode step of one model on its device.</summary>
internal sealed class DeviceRun(GroundingModel model)
{
    private const int Pairs = 64;

    // Window lengths that are played before: by then every size of pass has come twice, and is recorded.
    private const int WarmUp = 2;

    /// <summary>Frame pairs a second from patches in memory to rows, 64 at a time.</summary>
    public double PairsPerSecond()
    {
        using var engine = new GroundingEngine(model, checkEvery: 0);
        float[][] many = [.. Enumerable.Range(0, Pairs).Select(_ => new float[model.PairGrid.Patches * model.Frames.PatchLength])];
        Encode(engine, many);
        return Pairs * 4 / Seconds(() => { for (var i = 0; i < 4; i++) Encode(engine, many); });
    }

    /// <summary>Measures one stream.</summary>
    /// <param name="hops">Hops to take the latency from.</param>
    public DeviceFigures Run(int hops)
    {
        using var engine = new GroundingEngine(model, checkEvery: 0);
        var (pace, queries) = (SearchPace.Live(model.Profile.WindowSeconds, model.Profile.HopSeconds, model.Profile.Phases), SpeedRun.Queries[..4]);
        using var windows = engine.Open(pace, queries);
        var patches = new float[model.PairGrid.Patches * model.Frames.PatchLength];
        var (encodes, grows, asks) = (new List<double>(), new List<double>(), new List<double>());
        var full = pace.Window / pace.Hop;
        var before = 0L;
        for (var hop = 0; hop < WarmUp * full + hops; hop++)
        {
            if (hop == WarmUp * full) before = engine.Counters.Passes;
            windows.Push([.. Enumerable.Range(hop * pace.Hop, pace.Hop).Select(s => new FramePair(s, patches))]);
            var encode = Seconds(() => windows.Add(engine.Encode([.. windows.Waiting.Select(p => p.Patches)])));
            var grow = Seconds(() => engine.Grow(windows.Advance()));
            var ask = Seconds(() => Note(windows, engine.Ask([new(windows.Oldest, queries, [.. queries.Select((_, i) => windows.Guesses(i))])])[0]));
            if (hop < WarmUp * full) continue;
            encodes.Add(1000 * encode);
            grows.Add(1000 * grow);
            asks.Add(1000 * ask);
        }
        var latencies = encodes.Select((encode, i) => encode + grows[i] + asks[i]).ToList();
        var passes = (double)(engine.Counters.Passes - before) / hops;
        var (step, bytes) = Step(windows.Oldest);
        return new(Figures.Median(latencies), Figures.Quantile(latencies, 0.95), passes, Figures.Median(encodes), Figures.Median(grows), Figures.Median(asks), step, bytes);
    }

    private static void Note(StreamWindows windows, IReadOnlyList<WindowAnswer> answers)
    {
        foreach (var (i, answer) in answers.Index())
            if (answer.Span is { } span) windows.Note(i, span);
    }

    private static void Encode(GroundingEngine engine, float[][] pairs)
    {
        foreach (var rows in engine.Encode(pairs)) rows.Dispose();
    }

    private (double Milliseconds, long Bytes) Step(AnchoredWindow window)
    {
        const int steps = 50;
        using var head = new TokenHead(model.Network, model.Grammar.Choices);
        var pass = new SuffixPass(model.Network, new());
        List<int>[] said = [.. Enumerable.Range(1, 4).Select(i => new List<int> { i, 2 })];
        Read();
        var took = Seconds(() =>
        {
            for (var i = 0; i < steps; i++)
            {
                foreach (var text in said) text.Add(3);
                Read();
            }
        });
        window.Suffixes.Clear();
        var text = model.Network.Config.Text;
        var weights = model.Network.Language.named_parameters().Where(p => !p.name.StartsWith("embed", StringComparison.Ordinal)).Sum(p => p.parameter.numel());
        var kept = 2L * text.Layers * text.KeyValueSize * window.Cache.Length;
        return (1000 * took / steps, (weights + kept) * model.Network.Type.ElementSize());

        void Read() => pass.Read([new(window, [.. said.Select(text => new SuffixRow([.. text]))])], head);
    }

    private double Seconds(Action action)
    {
        Synchronise();
        var start = Stopwatch.GetTimestamp();
        action();
        Synchronise();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private void Synchronise()
    {
        if (model.Network.Device.type == DeviceType.CUDA) cuda.synchronize();
    }
}
