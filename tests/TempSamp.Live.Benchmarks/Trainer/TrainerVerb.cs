using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TempSamp.Live.Model;
using TempSamp.Live.Testing;
using TempSamp.Live.Trainer;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary><c>trainer [--json]</c>: one group of TempSamp-R1, from pixels to gradients, as this trainer does it and as a plain one does.</summary>
/// <remarks>
/// The mid-size configuration of the golden data with random weights, 512 video tokens, seven sampled solutions and the annotation, float32, the tower frozen. Both learn from the same
/// solutions, so their gradients can be compared. A run of this trainer encodes each video once and keeps its features, so the video's encoding is shown apart.
/// Rounds are interleaved; times are the process's CPU time, operations are counted from the shapes that libtorch was given.
/// With <c>--shape</c>, one group of 3,612 video tokens with an adapter on a model of that shape instead, by the wall clock of <c>--device</c>; see <c>deploy/gpu-bench.sh</c>.
/// </remarks>
public static class TrainerVerb
{
    private const int Width = 224, Height = 112, Pairs = 16, Solutions = 8, AnswerTokens = 12;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var rounds = new Option<int>("--rounds") { Description = "How often each path runs; the median counts.", DefaultValueFactory = _ => 5 };
        var shape = new Option<string>("--shape") { Description = $"Measure a step with an adapter on a model of this shape instead: {string.Join(", ", BenchModel.Shapes)}." };
        var device = new Option<string>("--device") { Description = "cpu or cuda, with --shape.", DefaultValueFactory = _ => "cpu" };
        var library = new Option<string>("--torch") { Description = "Folder of the libtorch to use, as Torch:LibraryPath.", DefaultValueFactory = _ => "" };
        var command = new Command("trainer", "Measures one group of reinforcement against a plain trainer.") { json, rounds, shape, device, library };
        command.SetAction(parse =>
        {
            TorchRuntime.Ensure(parse.GetValue(library));
            if (parse.GetValue(shape) is { } named) OnDevice(named, torch.device(parse.GetValue(device)!));
            else Report(Measure(Math.Max(1, parse.GetValue(rounds))), parse.GetValue(json));
        });
        return command;
    }

    private static void OnDevice(string shape, Device device)
    {
        foreach (var sparing in new[] { false, true })
        {
            var found = GroupOnDevice.Measure(shape, device, sparing);
            Console.WriteLine(JsonSerializer.Serialize(new { shape, device = device.ToString(), activationsComputedAgain = sparing, group = found }, JsonSerializerOptions.Web));
        }
    }

    private static Figures Measure(int rounds)
    {
        set_num_threads(Environment.ProcessorCount);
        using var grounding = BenchModel.Create("bench", Width, Height, Pairs, ScalarType.Float32, CPU);
        var (model, tokenizer) = (grounding.Network, grounding.Tokenizer);
        var end = tokenizer.TokenId(ChatTokens.TurnEnd);
        var prompt = new SharedPrompt(tokenizer, grounding.Profile, model.Config);
        IReadOnlyList<(int T, int H, int W)> grids = [(Pairs, Height / 14, Width / 14)];
        using var dice = new Generator(3);
        using var pixels = randn([Pairs * (Height / 14) * (Width / 14), 3 * 2 * 14 * 14], generator: dice);
        var builder = new GroupBuilder(tokenizer, grounding.Profile, end, new());
        var question = builder.Ask(new("the keeper saves a penalty", "save", false, new(3.5, 9)), thinking: false);

        using var shared = new SharedTrainer(model, prompt, tokenizer, end);
        var plain = new PlainTrainer(model, prompt, end);
        using var features = shared.Encode(pixels, grids);
        var group = shared.Group(features, Pairs, question, Solutions - 1, AnswerTokens, builder);
        double[] advantages = [-0.9, 0.4, -0.3, 1.1, -0.6, 0.2, -1.2, 1.3];
        var parameters = model.Language.parameters().Concat(model.parameters().Where(p => p.requires_grad)).DistinctBy(p => p.Handle).ToArray();

        using var left = ones(3, 5);
        using var right = ones(5, 7);
        Action[] paths =
        [
            () => shared.Run(features, Pairs, group, advantages, AnswerTokens),
            () => plain.Run(pixels, grids, Pairs, group, advantages),
            () => shared.Encode(pixels, grids).Dispose(),
        ];
        var found = paths.Select(path => Count(path, parameters, left, right, model.Config.Text.VocabSize)).ToArray();
        var times = paths.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < rounds; round++)
            for (var path = 0; path < paths.Length; path++) times[path].Add(Cpu.Of(paths[path]));
        Path Of(int path) => new(found[path].Flops / 1e9, times[path].Order().ElementAt(rounds / 2), found[path].LogitRows * model.Config.Text.VocabSize * sizeof(float) / 1e6);
        return new(Of(0), Of(1), Of(2), Cosine(found[0].Gradients, found[1].Gradients));
    }

    private static (long Flops, long LogitRows, float[] Gradients) Count(Action path, IReadOnlyList<TorchSharp.Modules.Parameter> parameters, Tensor left, Tensor right, long vocabulary)
    {
        foreach (var p in parameters) p.grad?.zero_();
        using var counter = new FlopCounter(left.Handle, () => mm(left, right).Dispose(), vocabulary);
        path();
        return (counter.Total, counter.LogitRows, [.. parameters.Where(p => p.grad is not null).SelectMany(p => p.grad!.flatten().data<float>().ToArray())]);
    }

    private static double Cosine(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));

    private static void Report(Figures found, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(found, JsonSerializerOptions.Web));
            return;
        }
        var (own, plain, encoding) = (found.Own, found.Plain, found.Encoding);
        string[] lines =
        [
            "one group of 8, 512 video tokens        this trainer   plain trainer    ratio   ratio with the video encoded for this group alone",
            F($"operations in GFLOP, counted            {own.GigaFlops,12:0.0}   {plain.GigaFlops,13:0.0}   {plain.GigaFlops / own.GigaFlops,5:0.00}x   {plain.GigaFlops / (own.GigaFlops + encoding.GigaFlops):0.00}x"),
            F($"CPU time in ms, median                  {own.CpuMilliseconds,12:0}   {plain.CpuMilliseconds,13:0}   {plain.CpuMilliseconds / own.CpuMilliseconds,5:0.00}x   {plain.CpuMilliseconds / (own.CpuMilliseconds + encoding.CpuMilliseconds):0.00}x"),
            F($"largest logits in MB                    {own.LogitsMegabytes,12:0.00}   {plain.LogitsMegabytes,13:0.00}   {plain.LogitsMegabytes / own.LogitsMegabytes,5:0.0}x"),
            F($"cosine of the two gradients             {found.GradientCosine:0.0000000}"),
        ];
        foreach (var line in lines) Console.WriteLine(line);
    }

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a path cost.</summary>
    private sealed record Path(double GigaFlops, double CpuMilliseconds, double LogitsMegabytes);

    /// <summary>What was found. A run encodes each video once and keeps its features, so encoding is apart.</summary>
    private sealed record Figures(Path Own, Path Plain, Path Encoding, double GradientCosine);
}
