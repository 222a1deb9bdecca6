using System.Text.Json.Nodes;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Model.Tests;

public sealed class QwenConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("config").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static JsonObject Published() => JsonNode.Parse("""
        {
          "architectures": ["Qwen2_5_VLForConditionalGeneration"], "model_type": "qwen2_5_vl", "torch_dtype": "bfloat16",
          "vision_start_token_id": 151652, "vision_end_token_id": 151653, "image_token_id": 151655, "video_token_id": 151656, "eos_token_id": 151645,
          "hidden_size": 2048, "intermediate_size": 11008, "num_hidden_layers": 36, "num_attention_heads": 16, "num_key_value_heads": 2,
          "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "tie_word_embeddings": true, "vocab_size": 151936, "use_sliding_window": false,
          "rope_scaling": { "type": "mrope", "mrope_section": [16, 24, 24] },
          "vision_config": { "depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "out_hidden_size": 2048,
            "patch_size": 14, "window_size": 112, "fullatt_block_indexes": [7, 15, 23, 31], "tokens_per_second": 2, "in_chans": 3 }
        }
        """)!.AsObject();

    private QwenConfig Load(JsonObject config)
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), config.ToJsonString());
        return QwenConfig.Load(_folder);
    }

    [Fact]
    public void Published_form_is_read()
    {
        var config = Load(Published());

        Assert.Equal(128, config.Text.HeadDim);
        Assert.Equal(256, config.Text.KeyValueSize);
        Assert.True(config.Text.TieWordEmbeddings);
        Assert.Equal([16, 24, 24], config.Text.MropeSection);
        Assert.Equal(80, config.Vision.HeadDim);
        Assert.Equal(1176, config.Vision.PatchLength);
        Assert.Equal(4, config.Vision.WindowBlocks);
        Assert.Equal(2, config.Vision.TokensPerSecond);
        Assert.Equal(151656, config.VideoTokenId);
        Assert.Equal("bfloat16", config.DType);
    }

    [Fact]
    public void Fields_left_out_by_a_resave_mean_the_defaults_of_the_class()
    {
        var json = Published();
        json["vision_config"] = new JsonObject { ["hidden_size"] = 1280, ["out_hidden_size"] = 2048 };
        json["rope_scaling"] = JsonNode.Parse("""{ "rope_type": "default", "type": "default", "mrope_section": [16, 24, 24] }""");
        json.Remove("rms_norm_eps");

        var config = Load(json);

        Assert.Equal(4, config.Vision.TokensPerSecond);
        Assert.Equal(32, config.Vision.Depth);
        Assert.Equal([7, 15, 23, 31], config.Vision.FullAttentionBlocks);
        Assert.Equal(1e-5, config.Text.RmsNormEps);
    }

    [Fact]
    public void Nested_text_config_wins_over_the_top_level()
    {
        var json = Published();
        var text = Published();
        text.Remove("vision_config");
        text["num_hidden_layers"] = 28;
        text["image_token_id"] = null;
        json["text_config"] = text;

        var config = Load(json);

        Assert.Equal(28, config.Text.Layers);
        Assert.Equal(151655, config.ImageTokenId);
    }

    [Fact]
    public void Resaved_reference_config_equals_the_published_one()
    {
        if (SharedData.Golden is null) Assert.Skip(SharedData.Missing("golden"));
        var resaved = GoldenManifest.Models.Select(m => Path.Combine(GoldenManifest.ModelFolder(m), "config.resaved.json")).Where(File.Exists).ToArray();

        Assert.NotEmpty(resaved);
        foreach (var path in resaved)
            Assert.Equivalent(QwenConfig.Load(Path.GetDirectoryName(path)!), QwenConfig.Read(path), strict: true);
    }

    [Fact]
    public void Missing_file_is_named()
    {
        var error = Assert.Throws<ModelException>(() => QwenConfig.Load(_folder));
        Assert.Contains(Path.Combine(_folder, "config.json"), error.Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_architecture_is_named_with_the_wanted_one()
    {
        var json = Published();
        json["model_type"] = "qwen3_vl";
        json["architectures"] = new JsonArray("Qwen3VLForConditionalGeneration");

        var error = Assert.Throws<ModelException>(() => Load(json));

        Assert.Contains("qwen3_vl", error.Message, StringComparison.Ordinal);
        Assert.Contains("Qwen3VLForConditionalGeneration", error.Message, StringComparison.Ordinal);
        Assert.Contains("wanted qwen2_5_vl", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hidden_size", "2050")]
    [InlineData("num_hidden_layers", "0")]
    [InlineData("num_key_value_heads", "3")]
    [InlineData("vocab_size", "1000")]
    [InlineData("rms_norm_eps", "-1")]
    [InlineData("intermediate_size", "\"wide\"")]
    [InlineData("rope_scaling", """{ "type": "mrope", "mrope_section": [16, 24, 23] }""")]
    [InlineData("rope_scaling", """{ "type": "yarn", "mrope_section": [16, 24, 24] }""")]
    [InlineData("vision_config", """{ "depth": 4, "hidden_size": 1280, "out_hidden_size": 2048, "fullatt_block_indexes": [7] }""")]
    [InlineData("vision_config", """{ "hidden_size": 1280, "out_hidden_size": 3584 }""")]
    [InlineData("vision_config", """{ "hidden_size": 1280, "out_hidden_size": 2048, "window_size": 14 }""")]
    [InlineData("hidden_act", "\"gelu\"")]
    public void Impossible_values_are_refused(string field, string value)
    {
        var json = Published();
        json[field] = JsonNode.Parse(value);

        var error = Assert.Throws<ModelException>(() => Load(json));

        Assert.Contains("config.json: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_file_is_refused()
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), """{"model_type": "qwen2""");
        Assert.Contains("is not JSON", Assert.Throws<ModelException>(() => QwenConfig.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generation_config_names_all_end_tokens()
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), Published().ToJsonString());
        File.WriteAllText(Path.Combine(_folder, "generation_config.json"), """{ "eos_token_id": [151645, 151643], "pad_token_id": 151643, "do_sample": true, "repetition_penalty": 1.05, "temperature": 1e-06 }""");

        var config = GenerationConfig.Load(_folder);

        Assert.Equal([151645, 151643], config.EosTokenIds);
        Assert.Equal(151643, config.PadTokenId);
        Assert.Equal(1.05, config.Sampling.RepetitionPenalty);
        Assert.Equal(1e-6, config.Sampling.Temperature);
    }

    [Fact]
    public void Absent_generation_config_falls_back_to_the_end_token_of_the_model()
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), Published().ToJsonString());

        var config = GenerationConfig.Load(_folder);

        Assert.Equal([151645], config.EosTokenIds);
        Assert.False(config.DoSample);
        Assert.Equal(new SamplingOptions(), config.Sampling);
    }

    [Fact]
    public void Preprocessor_config_has_the_published_defaults()
    {
        Assert.Same(PreprocessorConfig.Default, PreprocessorConfig.Load(_folder));

        File.WriteAllText(Path.Combine(_folder, "preprocessor_config.json"), """{ "min_pixels": 3136, "max_pixels": 100000 }""");
        Assert.Equal(100000, PreprocessorConfig.Load(_folder).MaxPixels);

        File.WriteAllText(Path.Combine(_folder, "preprocessor_config.json"), """{ "min_pixels": 3136, "max_pixels": 3000 }""");
        Assert.Contains("max_pixels", Assert.Throws<ModelException>(() => PreprocessorConfig.Load(_folder)).Message, StringComparison.Ordinal);
    }
}
