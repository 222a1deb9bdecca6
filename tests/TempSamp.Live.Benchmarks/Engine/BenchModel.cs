using TempSamp.Live.Grounding;
using TempSamp.Live.Model;
using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary>Models with random weights in the shapes that are measured. They speak the bundled model's vocabulary, so that questions are as long as they are there.</summary>
internal static class BenchModel
{
    /// <summary>Shapes by name: <c>bench</c> is the mid-size configuration of the golden data; <c>tiny</c> is for trying the measurements out.</summary>
    public static readonly IReadOnlyList<string> Shapes = ["tiny", "bench", "3b", "7b"];

    /// <summary>Makes one.</summary>
    /// <param name="shape">One of <see cref="Shapes"/>.</param>
    /// <param name="width">Of the frames, in pixels.</param>
    /// <param name="height">Of the frames, in pixels.</param>
    /// <param name="window">Seconds.</param>
    /// <param name="type">Number format.</param>
    /// <param name="device">Where it runs.</param>
    public static GroundingModel Create(string shape, int width, int height, int window, ScalarType type, Device device)
    {
        var tokenizer = ChatTokenizer.Load(Path.Combine(Bundled, "tempsamp-mini"));
        var ids = QwenConfig.Load(Path.Combine(Bundled, "tempsamp-mini"));
        var config = Shape(shape) with { VisionStartTokenId = ids.VisionStartTokenId, VisionEndTokenId = ids.VisionEndTokenId, ImageTokenId = ids.ImageTokenId, VideoTokenId = ids.VideoTokenId };
        var network = QwenModel.Create(config, seed: 1, type, device);
        if (shape == "bench") Fill(network);
        network.RecordsPasses = new GroundingOptions().RecordedPasses;
        return new(
            network, tokenizer, new(PromptStyle.Short, width, height, window, 2, AnswerFormat.Of(PromptStyle.Short)), PreprocessorConfig.Default,
            GenerationConfig.Load(Path.Combine(Bundled, "tempsamp-mini")).EosTokenIds, new(shape, "random"));
    }

    /// <summary>The folder of the bundled models.</summary>
    public static string Bundled => Path.Combine(SharedData.Repository ?? throw new InvalidOperationException("The benchmark runs from a checkout: models/ is not beside it."), "models");

    private static QwenConfig Shape(string shape) => shape switch
    {
        "bench" => QwenConfig.Load(Path.Combine(SharedData.Golden ?? throw new InvalidOperationException(SharedData.Missing("golden")), "bench")),
        "tiny" => new(new(2048, 64, 96, 2, 4, 2, 1e-6, 1e6, [2, 3, 3], true, 16384), new(2, 32, 48, 2, 64, 14, 2, 2, 112, [1], 2), 0, 0, 0, 0, "float32"),
        "3b" => Published(new(151936, 2048, 11008, 36, 16, 2, 1e-6, 1e6, [16, 24, 24], TieWordEmbeddings: true, 128000)),
        "7b" => Published(new(152064, 3584, 18944, 28, 28, 4, 1e-6, 1e6, [16, 24, 24], TieWordEmbeddings: false, 128000)),
        _ => throw new ArgumentException($"There is no shape {shape}: use {string.Join(", ", Shapes)}."),
    };

    private static QwenConfig Published(QwenTextConfig text) =>
        new(text, new(32, 1280, 3420, 16, text.HiddenSize, 14, 2, 2, 112, [7, 15, 23, 31], 2), 0, 0, 0, 0, "bfloat16");

    // As golden/bench describes it, so that other programs can build comparable weights.
    private static void Fill(QwenModel network)
    {
        using var _ = no_grad();
        using var random = new Generator(7);
        foreach (var (name, parameter) in network.named_parameters())
        {
            parameter.normal_(0, 1, random);
            if (name.EndsWith("bias", StringComparison.Ordinal)) parameter.mul_(0.3f);
            else if (parameter.dim() == 1) parameter.mul_(0.3f).add_(1);
            else parameter.mul_((float)Gain(name, parameter.shape[1..].Aggregate(1L, (a, b) => a * b)));
        }
    }

    private static double Gain(string name, long fanIn) => name switch
    {
        _ when name.Contains("embed_tokens", StringComparison.Ordinal) => 0.8,
        _ when name.Contains("lm_head", StringComparison.Ordinal) => 3 / Math.Sqrt(fanIn),
        _ when name.Contains("q_proj", StringComparison.Ordinal) || name.Contains("k_proj", StringComparison.Ordinal) || name.Contains("qkv", StringComparison.Ordinal) => 1.5 / Math.Sqrt(fanIn),
        _ => 1 / Math.Sqrt(fanIn),
    };
}
