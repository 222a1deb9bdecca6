using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TempSamp.Live.Core;
using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding.Tests;

/// <summary>A random model with a byte tokenizer, small enough to be made in every test. It is shown 56 x 56 pixels: four tokens a second.</summary>
internal static class TinyModel
{
    public const int Side = 56;

    private static readonly string[] Words = ["ye", "yes", "no", "Ye", "Yes", "No"];
    private static readonly int FirstSpecial = 256 + Words.Length;
    private static readonly Lazy<ChatTokenizer> Tokenizer = new(MakeTokenizer);

    public static readonly QwenConfig Config = new(
        new(VocabSize: 300, HiddenSize: 32, IntermediateSize: 48, Layers: 2, Heads: 4, KeyValueHeads: 2,
            RmsNormEps: 1e-6, RopeTheta: 1e6, MropeSection: [1, 1, 2], TieWordEmbeddings: true, MaxPositions: 4096),
        new(Depth: 2, HiddenSize: 16, IntermediateSize: 24, Heads: 2, OutHiddenSize: 32, PatchSize: 14, TemporalPatchSize: 2,
            SpatialMergeSize: 2, WindowSize: 112, FullAttentionBlocks: [1], TokensPerSecond: 2),
        Special(ChatTokens.VisionStart), Special(ChatTokens.VisionEnd), Special(ChatTokens.ImagePad), Special(ChatTokens.VideoPad), "float32");

    public static GroundingModel Create(int window = 8, int hop = 2, PromptStyle style = PromptStyle.Short, int seed = 1) => Create(Profile(window, hop, style), seed);

    public static GroundingProfile Profile(int window = 8, int hop = 2, PromptStyle style = PromptStyle.Short) => new(style, Side, Side, window, hop, AnswerFormat.Of(style));

    public static GroundingModel Create(GroundingProfile profile, int seed = 1, int layers = 2, ScalarType type = ScalarType.Float32)
    {
        var network = QwenModel.Create(Config with { Text = Config.Text with { Layers = layers } }, seed, type);
        // Larger embeddings, so that answers depend on what is shown and asked.
        using (no_grad()) network.Language.Embedding.Weight.mul_(50);
        return new(network, Tokenizer.Value, profile, PreprocessorConfig.Default, [Special(ChatTokens.TurnEnd)], new("tiny", "0"));
    }

    /// <summary>A finder whose time stands still: no answer is late, however busy the machine is.</summary>
    public static MomentFinder Finder(GroundingModel model, GpuThread gpu) => new(model, gpu, NullLogger<MomentFinder>.Instance, time: new FakeTimeProvider());

    /// <summary>A frame whose pixels follow from its slot.</summary>
    public static SampledFrame Frame(long slot)
    {
        var random = new Random((int)slot);
        var pixels = new byte[Side * Side * 3];
        random.NextBytes(pixels);
        return new(slot, MediaTime.FromSeconds(slot / 2.0), Side, Side, pixels, 0);
    }

    /// <summary>Frame pairs of the seconds from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    public static FramePair[] Pairs(GroundingModel model, int from, int to) =>
        [.. Enumerable.Range(from, to - from).Select(s => new FramePair(s, model.Frames.Patches([Frame(2 * s).Rgb, Frame(2 * s + 1).Rgb], model.Size).Values))];

    public static StreamPlan Plan(GroundingModel model, params string[] queries) => new(
        "s", "file:x", [.. queries.Select((q, i) => new HighlightQuery($"q{i}", q, 0.5, ClipPolicy.Default))],
        new(Side, Side, TimeSpan.FromSeconds(model.Profile.WindowSeconds), TimeSpan.FromSeconds(model.Profile.HopSeconds)), new(TimeSpan.FromMinutes(1), 1 << 20));

    public static void WriteTokenizer(string folder) => File.WriteAllText(Path.Combine(folder, "tokenizer.json"), TokenizerJson().ToJsonString());

    // Before any test touches TorchSharp, which would otherwise load a libtorch of its own beside ours.
    [ModuleInitializer]
    internal static void LoadTorch() => TorchRuntime.Ensure();

    private static int Special(string text) => FirstSpecial + ChatTokens.Special.ToList().IndexOf(text);

    private static ChatTokenizer MakeTokenizer()
    {
        var folder = Directory.CreateTempSubdirectory("tokenizer");
        WriteTokenizer(folder.FullName);
        var tokenizer = ChatTokenizer.Load(folder.FullName);
        folder.Delete(recursive: true);
        return tokenizer;
    }

    private static JsonObject TokenizerJson()
    {
        var vocabulary = new JsonObject();
        foreach (var b in ByteAlphabet.Order) vocabulary[ByteAlphabet.Write([b])] = vocabulary.Count;
        foreach (var word in Words) vocabulary[word] = vocabulary.Count;
        return new()
        {
            ["normalizer"] = new JsonObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JsonObject
            {
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = PieceSplitter.Pattern } },
                    new JsonObject { ["type"] = "ByteLevel" }),
            },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. Words.Select(w => (JsonNode)$"{w[..^1]} {w[^1]}")]) },
            ["added_tokens"] = new JsonArray([.. ChatTokens.Special.Select((t, i) => (JsonNode)new JsonObject { ["id"] = FirstSpecial + i, ["content"] = t, ["special"] = true })]),
        };
    }
}
