using System.Text.Json.Nodes;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>The bundled model's architecture: Qwen2.5-VL at a size that learns and runs on two CPU cores.</summary>
public static class MiniModel
{
    /// <summary>What <c>--model</c> calls a new one.</summary>
    public const string Name = "mini";

    /// <summary>Frames of 84 x 140: 6 x 10 patches, merged to 3 x 5 = 15 tokens a second.</summary>
    public const int FrameHeight = 84, FrameWidth = 140;

    /// <summary>Seconds that the model sees at once.</summary>
    public const int WindowSeconds = 16;

    private const int Vocabulary = 600;

    /// <summary>Makes a model folder without weights: a tokenizer trained on the broadcasts' queries and prompts, configuration and profile.</summary>
    public static void Prepare(string directory)
    {
        Directory.CreateDirectory(directory);
        var profile = new GroundingProfile(PromptStyle.Short, FrameWidth, FrameHeight, WindowSeconds, 2, AnswerFormat.Of(PromptStyle.Short));
        profile.Save(directory);
        var prompt = profile.Prompt;
        var texts = EventKinds.Of(BroadcastDomain.Mixed).SelectMany(QueryBook.Train).Select(q => q.Text);
        BpeTrainer.Train(texts.SelectMany(t => new[] { prompt.Span(t), prompt.Presence(t), "user assistant system yes no <answer> to </answer>" }), Vocabulary).Save(directory);
        var tokenizer = ChatTokenizer.Load(directory);
        WriteConfiguration(directory, tokenizer.TokenId, (tokenizer.Size + 63) / 64 * 64);
    }

    /// <summary>Copies what a model folder holds beside its weights.</summary>
    /// <exception cref="TrainerException">There is no such folder.</exception>
    public static void CopyText(string from, string to)
    {
        if (!Directory.Exists(from)) throw new TrainerException($"There is no model folder {from}. Give --model the folder of a model, or {Name} for a new one.");
        if (Path.GetFullPath(from) == Path.GetFullPath(to)) return;
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from, "*.json").Where(f => !f.EndsWith(".index.json", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    private static void WriteConfiguration(string directory, Func<string, int> tokenId, int vocabulary)
    {
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray("Qwen2_5_VLForConditionalGeneration"),
            ["model_type"] = "qwen2_5_vl",
            ["hidden_size"] = 256,
            ["intermediate_size"] = 704,
            ["num_hidden_layers"] = 6,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 2,
            ["vocab_size"] = vocabulary,
            ["tie_word_embeddings"] = true,
            ["rms_norm_eps"] = 1e-6,
            ["rope_theta"] = 1000000.0,
            ["rope_scaling"] = new JsonObject { ["type"] = "mrope", ["mrope_section"] = new JsonArray(8, 12, 12) },
            ["max_position_embeddings"] = 4096,
            ["hidden_act"] = "silu",
            ["use_sliding_window"] = false,
            ["torch_dtype"] = "bfloat16",
            ["bos_token_id"] = tokenId("<|endoftext|>"),
            ["eos_token_id"] = tokenId("<|im_end|>"),
            ["vision_start_token_id"] = tokenId("<|vision_start|>"),
            ["vision_end_token_id"] = tokenId("<|vision_end|>"),
            ["vision_token_id"] = tokenId("<|vision_pad|>"),
            ["image_token_id"] = tokenId("<|image_pad|>"),
            ["video_token_id"] = tokenId("<|video_pad|>"),
            ["vision_config"] = new JsonObject
            {
                ["depth"] = 4, ["hidden_size"] = 128, ["num_heads"] = 4, ["intermediate_size"] = 352, ["out_hidden_size"] = 256,
                ["in_chans"] = 3, ["patch_size"] = 14, ["spatial_patch_size"] = 14, ["temporal_patch_size"] = 2, ["spatial_merge_size"] = 2,
                ["window_size"] = 112, ["fullatt_block_indexes"] = new JsonArray(0, 1, 2, 3), ["tokens_per_second"] = 2, ["hidden_act"] = "silu",
            },
        };
        var generation = new JsonObject { ["eos_token_id"] = new JsonArray(tokenId("<|im_end|>"), tokenId("<|endoftext|>")), ["pad_token_id"] = tokenId("<|endoftext|>"), ["do_sample"] = false };
        File.WriteAllText(Path.Combine(directory, "config.json"), config.ToJsonString(Indented) + "\n");
        File.WriteAllText(Path.Combine(directory, "generation_config.json"), generation.ToJsonString(Indented) + "\n");
    }

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };
}
