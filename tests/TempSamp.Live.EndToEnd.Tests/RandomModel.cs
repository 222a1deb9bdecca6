using System.Text.Json.Nodes;
using TempSamp.Live.Model;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>A model folder in the published layout with random weights and one token a byte: everything loads and answers, and every answer is nonsense.</summary>
internal static class RandomModel
{
    private const int Side = 56;
    private const int FirstSpecial = 256;

    /// <summary>Writes the folder.</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config().ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer().ToJsonString());
        new GroundingProfile(PromptStyle.Short, Side, Side, WindowSeconds: 8, HopSeconds: 2, AnswerFormat.Of(PromptStyle.Short)).Save(folder);
        TorchRuntime.Ensure();
        using var network = QwenModel.Create(QwenConfig.Load(folder), seed: 1);
        network.Save(folder);
    }

    private static JsonObject Config() => new()
    {
        ["architectures"] = new JsonArray("Qwen2_5_VLForConditionalGeneration"),
        ["model_type"] = "qwen2_5_vl",
        ["vocab_size"] = 300,
        ["hidden_size"] = 32,
        ["intermediate_size"] = 48,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 4,
        ["num_key_value_heads"] = 2,
        ["rms_norm_eps"] = 1e-6,
        ["rope_theta"] = 1e6,
        ["rope_scaling"] = new JsonObject { ["type"] = "mrope", ["mrope_section"] = new JsonArray(1, 1, 2) },
        ["tie_word_embeddings"] = true,
        ["max_position_embeddings"] = 4096,
        ["torch_dtype"] = "float32",
        ["eos_token_id"] = Special(ChatTokens.TurnEnd),
        ["vision_start_token_id"] = Special(ChatTokens.VisionStart),
        ["vision_end_token_id"] = Special(ChatTokens.VisionEnd),
        ["image_token_id"] = Special(ChatTokens.ImagePad),
        ["video_token_id"] = Special(ChatTokens.VideoPad),
        ["vision_config"] = new JsonObject
        {
            ["depth"] = 2,
            ["hidden_size"] = 16,
            ["intermediate_size"] = 24,
            ["num_heads"] = 2,
            ["out_hidden_size"] = 32,
            ["patch_size"] = 14,
            ["temporal_patch_size"] = 2,
            ["spatial_merge_size"] = 2,
            ["window_size"] = 112,
            ["fullatt_block_indexes"] = new JsonArray(1),
            ["tokens_per_second"] = 2,
        },
    };

    private static int Special(string text) => FirstSpecial + ChatTokens.Special.ToList().IndexOf(text);

    private static JsonObject Tokenizer()
    {
        var vocabulary = new JsonObject();
        foreach (var symbol in ByteAlphabet.Order) vocabulary[ByteAlphabet.Write([symbol])] = vocabulary.Count;
        return new()
        {
            ["normalizer"] = new JsonObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JsonObject
            {
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = PieceSplitter.Pattern } },
                    new JsonObject { ["type"] = "ByteLevel" }),
            },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray(),
            },
            ["added_tokens"] = new JsonArray([.. ChatTokens.Special.Select((text, i) => (JsonNode)new JsonObject { ["id"] = FirstSpecial + i, ["content"] = text, ["special"] = true })]),
        };
    }
}
