using System.Diagnostics;
using System.Globalization;
using TempSamp.Live.Model;
using TempSamp.Live.Testing;
using TempSamp.Live.Trainer;
using TorchSharp;
using Parameter = TorchSharp.Modules.Parameter;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary>One step of TempSamp-R1 on one group by the wall clock: an adapter on a model of a published shape in bfloat16, the video's features at hand.</summary>
/// <param name="VideoTokens">Of the window.</param>
/// <param name="SampleSeconds">To sample the solutions, median.</param>
/// <param name="LearnSeconds">Forward, backward and optimiser, median.</param>
/// <param name="MemoryGigabytes">What the device has given out afterwards, over all processes; 0 off a GPU.</param>
internal sealed record GroupOnDevice(int VideoTokens, double SampleSeconds, double LearnSeconds, double MemoryGigabytes)
{
    private const int Width = 336, Height = 196, Pairs = 43, Solutions = 8, AnswerTokens = 20, Rounds = 5;

    /// <summary>Both together.</summary>
    public double Seconds => SampleSeconds + LearnSeconds;

    /// <summary>Measures.</summary>
    /// <param name="shape">One of <see cref="BenchModel.Shapes"/>.</param>
    /// <param name="device">Where.</param>
    /// <param name="sparing">Compute activations again instead of keeping them.</param>
    public static GroupOnDevice Measure(string shape, Device device, bool sparing)
    {
        using var grounding = BenchModel.Create(shape, Width, Height, Pairs, ScalarType.BFloat16, device);
        var (model, tokenizer) = (grounding.Network, grounding.Tokenizer);
        foreach (var parameter in model.parameters()) parameter.requires_grad_(false);
        using var adapter = LoraAdapter.Create(model, new());
        Parameter[] trained = [.. adapter.Parameters.Values];
        foreach (var parameter in trained) parameter.requires_grad_(true);
        using var optimizer = new AdamW(trained);

        var end = tokenizer.TokenId(ChatTokens.TurnEnd);
        var prompt = new SharedPrompt(tokenizer, grounding.Profile, model.Config);
        var builder = new GroupBuilder(tokenizer, grounding.Profile, end, new());
        using var trainer = new SharedTrainer(model, prompt, tokenizer, end);
        using var features = randn([1, Pairs * prompt.TokensPerPair, model.Config.Text.HiddenSize], ScalarType.BFloat16, device);
        var group = trainer.Group(features, Pairs, builder.Ask(new("the keeper saves a penalty", "save", false, new(3.5, 9)), thinking: false), Solutions - 1, AnswerTokens, builder);
        double[] advantages = [-0.9, 0.4, -0.3, 1.1, -0.6, 0.2, -1.2, 1.3];

        var (sample, learn) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)               // the first warms up
        {
            var (sampled, learnt) = (
                Seconds(() => trainer.Sample(features, Pairs, group, AnswerTokens)),
                Seconds(() =>
                {
                    optimizer.ZeroGradients();
                    trainer.Learn(features, Pairs, group, advantages, sparing);
                    optimizer.Step(1e-5);
                }));
            if (round == 0) continue;
            sample.Add(sampled);
            learn.Add(learnt);
        }
        return new(Pairs * prompt.TokensPerPair, Figures.Median(sample), Figures.Median(learn), device.type == DeviceType.CUDA ? UsedGigabytes() : 0);

        double Seconds(Action action)
        {
            if (device.type == DeviceType.CUDA) cuda.synchronize();
            var start = Stopwatch.GetTimestamp();
            action();
            if (device.type == DeviceType.CUDA) cuda.synchronize();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private static double UsedGigabytes()
    {
        using var tool = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-gpu=memory.used", "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true })!;
        var mebibytes = tool.StandardOutput.ReadToEnd();
        tool.WaitForExit();
        return double.Parse(mebibytes.Split('\n')[0], CultureInfo.InvariantCulture) * 1024 * 1024 / 1e9;
    }
}
