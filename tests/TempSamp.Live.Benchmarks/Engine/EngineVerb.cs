using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TempSamp.Live.Grounding;
using TempSamp.Live.Model;
using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary><c>engine [--json]</c>: the grounding engine against the model called afresh, and what its answers, layers, memory and streams cost.</summary>
/// <remarks>
/// Speed and equality on the mid-size configuration of the golden data with random weights: frames of 224 x 168, 48 tokens a second, windows of 64 s, a hop of 2 s, the bundled
/// model's vocabulary and short prompts, float32. Passes, memory and streams on the bundled model. Paths are interleaved in one process and compared by its CPU time.
/// With <c>--device cuda</c> or <c>--part device</c>, tower, latency, decode step and streams of the named shape by the wall clock instead; see <c>deploy/gpu-bench.sh</c> and, for what was found, <c>gpu.md</c>.
/// </remarks>
public static class EngineVerb
{
    private const string Device = "device", DeviceOperations = "device-ops";

    private static readonly int[] StreamCounts = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160];

    private static readonly string[] AllParts = ["speed", "ops", "trace", "flat", "streams"];

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var parts = new Option<string[]>("--part") { Description = $"Only these of {string.Join(", ", AllParts)}; or, on a GPU, {Device} or {DeviceOperations} alone.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => AllParts };
        var hops = new Option<int>("--hops") { Description = "Hops of the speed part, or of the latency on a device.", DefaultValueFactory = _ => 500 };
        var sampled = new Option<int>("--afresh") { Description = "At how many of them everything is computed afresh too.", DefaultValueFactory = _ => 8 };
        var flat = new Option<int>("--flat-hops") { Description = "Hops of the memory part.", DefaultValueFactory = _ => 2000 };
        var phases = new Option<int>("--phases") { Description = "Windows that grow side by side in the speed part.", DefaultValueFactory = _ => 2 };
        var shape = new Option<string>("--shape") { Description = $"Shape of the model on a device: {string.Join(", ", BenchModel.Shapes)}.", DefaultValueFactory = _ => "bench" };
        var device = new Option<string>("--device") { Description = "cpu, or cuda for the figures of a GPU.", DefaultValueFactory = _ => "cpu" };
        var library = new Option<string>("--torch") { Description = "Folder of the libtorch to use, as Torch:LibraryPath.", DefaultValueFactory = _ => "" };
        var seconds = new Option<int>("--seconds") { Description = "Seconds of stream played for each number of streams.", DefaultValueFactory = _ => 20 };
        var streams = new Option<int[]>("--streams") { Description = "Numbers of streams to try on a device, rising.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => StreamCounts };
        var command = new Command("engine", "Measures the grounding engine against the model called afresh.") { json, parts, hops, sampled, flat, phases, shape, device, library, seconds, streams };
        foreach (var (option, least) in new[] { (hops, 1), (sampled, 1), (flat, 20), (phases, 1), (seconds, 1) })
            option.Validators.Add(r => { if (r.GetValueOrDefault<int>() < least) r.AddError($"{option.Name} is at least {least}."); });
        command.SetAction(parse =>
        {
            TorchRuntime.Ensure(parse.GetValue(library));
            var figures = parse.GetValue(parts)!.Contains(DeviceOperations) ? SingleOperations(parse.GetValue(shape)!, parse.GetValue(device)!)
                : parse.GetValue(device) == "cpu" && !parse.GetValue(parts)!.Contains(Device)
                ? OnProcessor(parse.GetValue(parts)!, parse.GetValue(hops), parse.GetValue(sampled), parse.GetValue(flat), parse.GetValue(phases), parse.GetValue(seconds))
                : OnDevice(parse.GetValue(shape)!, parse.GetValue(device)!, parse.GetValue(hops), parse.GetValue(seconds), parse.GetValue(streams)!);
            Report(figures, parse.GetValue(json));
        });
        return command;
    }

    private static Dictionary<string, object> OnProcessor(string[] parts, int hops, int sampled, int flat, int phases, int seconds)
    {
        set_num_threads(Environment.ProcessorCount);
        var figures = new Dictionary<string, object>();
        foreach (var part in parts)
        {
            Tell(part);
            figures[part] = part switch
            {
                "speed" => Speed(hops, sampled, phases),
                "ops" => new { PerLayer = (Operations(8) - Operations(4)) / 4.0 },
                "trace" => TraceRun.Run(),
                "flat" => FlatRun.Run(flat),
                "streams" => Streams(seconds),
                _ => throw new ArgumentException($"There is no part {part}: use {string.Join(", ", AllParts)}."),
            };
        }
        return figures;
    }

    private static SpeedFigures Speed(int hops, int sampled, int phases)
    {
        using var model = BenchModel.Create("bench", 224, 168, 64, ScalarType.Float32, CPU);
        return new SpeedRun(model, phases).Run(hops, sampled, all: true, Tell);
    }

    // Asked of libtorch in one decode step of a model with so many layers.
    private static int Operations(int layers)
    {
        using var scope = NewDisposeScope();
        using var network = QwenModel.Create(
            new(new(300, 64, 96, layers, 4, 2, 1e-6, 1e6, [2, 3, 3], true, 4096), new(2, 32, 48, 2, 64, 14, 2, 2, 112, [1], 2), 290, 291, 292, 293, "float32"), 1);
        using var cache = new KeyValueCache(network.Config.Text, 1, 16, ScalarType.Float32, CPU);
        cache.Advance(4);
        using var counter = new OpCounter();
        network.Language.Read(zeros(3, 64), zeros(3, 3, ScalarType.Int64), [new(cache, 4, 3, zeros(3, 3))]);
        return counter.Total;
    }

    private static object Streams(int seconds)
    {
        using var model = GroundingModel.Load(new() { ModelDirectory = Path.Combine(BenchModel.Bundled, "tempsamp-mini") });
        int[] candidates = [1, 2, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 80];
        return new
        {
            ByProcessorTime = new StreamsRun(model, 4, StreamsRun.Processor).Most(candidates, late: 0.5, seconds, Tell),
            ByWallClock = new StreamsRun(model, 4, StreamsRun.Wall).Most(candidates, late: 0.5, seconds, Tell),
        };
    }

    // Each figure is told as soon as it is there: time on a device is dear, and what was measured stays when a later part fails.
    private static Dictionary<string, object> OnDevice(string shape, string device, int hops, int seconds, int[] streams)
    {
        var on = device == "cpu" ? CPU : torch.device(device);
        var figures = new Dictionary<string, object> { ["agreement"] = DeviceAgreement.With(on) };
        Told("agreement");
        using (var wide = BenchModel.Create(shape, 448, 252, 64, ScalarType.BFloat16, on)) figures["252x448"] = new { PairsPerSecond = new DeviceRun(wide).PairsPerSecond() };
        Told("252x448");
        using var model = BenchModel.Create(shape, 336, 196, 64, ScalarType.BFloat16, on);
        figures["196x336"] = new DeviceRun(model).Run(hops);
        Told("196x336");
        figures["streams"] = new StreamsRun(model, 4, StreamsRun.Wall).Most(streams, late: 0.3, seconds, Tell);
        return figures;

        void Told(string part) => Tell($"{part}: {Figures.ToJson(figures[part])}");
    }

    private static Dictionary<string, object> SingleOperations(string shape, string device)
    {
        using var model = BenchModel.Create(shape, 448, 252, 64, ScalarType.BFloat16, torch.device(device));
        var found = DeviceOps.Measure(model.Network);
        foreach (var pairs in new[] { 2, 64 }) found[$"tower, {pairs} pairs of 252x448"] = DeviceOps.Tower(model.Network, pairs, 18, 32);
        return new() { ["microseconds"] = found.ToDictionary(f => f.Key, f => $"{f.Value.Host:0.0} host, {f.Value.Done:0.0} done") };
    }

    private static void Tell(string line) => Console.Error.WriteLine(line);

    private static void Report(Dictionary<string, object> figures, bool json)
    {
        if (json)
        {
            Console.WriteLine(Figures.ToJson(new { Machine = MachineFacts.Read(), Engine = figures }));
            return;
        }
        Console.WriteLine(MachineFacts.Read());
        foreach (var (part, values) in figures)
        {
            using var document = JsonDocument.Parse(Figures.ToJson(values));
            foreach (var value in document.RootElement.EnumerateObject()) Console.WriteLine($"{part}: {value.Name} {(value.Value.ValueKind == JsonValueKind.Null ? "not measured" : value.Value)}");
        }
    }
}
