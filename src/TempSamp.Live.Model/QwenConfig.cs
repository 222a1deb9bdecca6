namespace TempSamp.Live.Model;

/// <summary>The shape of a Qwen2.5-VL checkpoint, as its <c>config.json</c> states it.</summary>
/// <param name="Text">The decoder.</param>
/// <param name="Vision">The vision tower.</param>
/// <param name="VisionStartTokenId">The token before the placeholders of an image or video.</param>
/// <param name="VisionEndTokenId">The token after them.</param>
/// <param name="ImageTokenId">The placeholder that an image's vision rows replace.</param>
/// <param name="VideoTokenId">The placeholder that a video's vision rows replace.</param>
/// <param name="DType">Storage type of the weights as the file names it, such as <c>bfloat16</c>.</param>
public sealed record QwenConfig(
    QwenTextConfig Text, QwenVisionConfig Vision,
    int VisionStartTokenId, int VisionEndTokenId, int ImageTokenId, int VideoTokenId, string DType)
{
    /// <summary>The only value of <c>model_type</c> that is read.</summary>
    public const string ModelType = "qwen2_5_vl";

    /// <summary>Reads <c>config.json</c> of a model folder in any of its three forms: published, re-saved with defaults left out, re-saved with a nested <c>text_config</c>.</summary>
    /// <exception cref="ModelException">The file is missing or damaged, describes another architecture, or holds values that cannot be.</exception>
    public static QwenConfig Load(string directory) => Read(Path.Combine(directory, "config.json"));

    /// <summary>Reads one configuration file; see <see cref="Load"/>.</summary>
    public static QwenConfig Read(string path)
    {
        var root = ConfigNode.Read(path);
        RequireQwen(path, root);

        var text = root.Child("text_config").Over(root);
        var config = new QwenConfig(
            QwenTextConfig.Read(text),
            QwenVisionConfig.Read(root.Child("vision_config")),
            VisionStartTokenId: text.Integer("vision_start_token_id") ?? 151652,
            VisionEndTokenId: text.Integer("vision_end_token_id") ?? 151653,
            ImageTokenId: text.Integer("image_token_id") ?? 151655,
            VideoTokenId: text.Integer("video_token_id") ?? 151656,
            DType: text.Text("torch_dtype") ?? text.Text("dtype") ?? "bfloat16");

        foreach (var (field, id) in new[] { ("vision_start_token_id", config.VisionStartTokenId), ("vision_end_token_id", config.VisionEndTokenId), ("image_token_id", config.ImageTokenId), ("video_token_id", config.VideoTokenId) })
            if (id < 0 || id >= config.Text.VocabSize)
                throw root.Bad(field, $"is {id}, outside the vocabulary of {config.Text.VocabSize}");
        if (config.Vision.OutHiddenSize != config.Text.HiddenSize)
            throw root.Bad("vision_config.out_hidden_size", $"is {config.Vision.OutHiddenSize}, but the decoder's hidden_size is {config.Text.HiddenSize}");
        return config;
    }

    private static void RequireQwen(string path, ConfigNode root)
    {
        var type = root.Text("model_type");
        if (type == ModelType) return;
        var architectures = string.Join(", ", root.Texts("architectures"));
        throw new ModelException(
            $"{path} describes another architecture: model_type is {type ?? "absent"}, architectures is {(architectures.Length == 0 ? "absent" : architectures)}, "
            + $"wanted {ModelType} (Qwen2_5_VLForConditionalGeneration). Choose a Qwen2.5-VL checkpoint.");
    }
}
