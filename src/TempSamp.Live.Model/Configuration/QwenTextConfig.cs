namespace TempSamp.Live.Model;

/// <summary>The decoder of a Qwen2.5-VL checkpoint.</summary>
/// <param name="VocabSize">Rows of the embedding; more than the tokenizer has.</param>
/// <param name="HiddenSize">Width.</param>
/// <param name="IntermediateSize">Width inside the MLP.</param>
/// <param name="Layers">Number of layers.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key and value heads; query heads are shared out among them in order.</param>
/// <param name="RmsNormEps">Added to the mean square in every norm.</param>
/// <param name="RopeTheta">Base of the rotary frequencies.</param>
/// <param name="MropeSection">How many rotary frequencies follow time, height and width; they sum to half of <see cref="HeadDim"/>.</param>
/// <param name="TieWordEmbeddings">Whether the output head is the embedding.</param>
/// <param name="MaxPositions">Longest sequence that the checkpoint states.</param>
public sealed record QwenTextConfig(
    int VocabSize, int HiddenSize, int IntermediateSize, int Layers, int Heads, int KeyValueHeads,
    double RmsNormEps, double RopeTheta, IReadOnlyList<int> MropeSection, bool TieWordEmbeddings, int MaxPositions)
{
    /// <summary>Width of one head.</summary>
    public int HeadDim => HiddenSize / Heads;

    /// <summary>Width of all keys of a token, and of all values.</summary>
    public int KeyValueSize => KeyValueHeads * HeadDim;

    internal static QwenTextConfig Read(ConfigNode node)
    {
        var heads = Positive(node, "num_attention_heads");
        var config = new QwenTextConfig(
            VocabSize: node.Integer("vocab_size") ?? 152064,
            HiddenSize: Positive(node, "hidden_size"),
            IntermediateSize: Positive(node, "intermediate_size"),
            Layers: Positive(node, "num_hidden_layers"),
            Heads: heads,
            KeyValueHeads: node.Has("num_key_value_heads") ? Positive(node, "num_key_value_heads") : heads,
            RmsNormEps: node.Number("rms_norm_eps") ?? 1e-5,
            RopeTheta: node.Number("rope_theta") ?? 1e6,
            MropeSection: ReadSections(node),
            TieWordEmbeddings: node.Flag("tie_word_embeddings", false),
            MaxPositions: node.Integer("max_position_embeddings") ?? 128000);

        if (config.VocabSize <= 0) throw node.Bad("vocab_size", $"is {config.VocabSize}, wanted more than 0");
        if (config.HiddenSize % heads != 0) throw node.Bad("hidden_size", $"is {config.HiddenSize}, which {heads} heads do not divide");
        if (config.HeadDim % 2 != 0) throw node.Bad("hidden_size", $"gives heads of {config.HeadDim}, which rotary embedding cannot halve");
        if (heads % config.KeyValueHeads != 0) throw node.Bad("num_key_value_heads", $"is {config.KeyValueHeads}, which does not divide {heads} heads");
        if (config.MropeSection.Sum() * 2 != config.HeadDim)
            throw node.Bad("rope_scaling.mrope_section", $"is [{string.Join(", ", config.MropeSection)}], which does not sum to half of the head width {config.HeadDim}");
        if (config.RmsNormEps <= 0) throw node.Bad("rms_norm_eps", $"is {config.RmsNormEps}, wanted more than 0");
        if (config.RopeTheta <= 0) throw node.Bad("rope_theta", $"is {config.RopeTheta}, wanted more than 0");
        if (node.Text("hidden_act") is { } activation and not "silu") throw node.Bad("hidden_act", $"is {activation}, wanted silu");
        return config;
    }

    // "mrope" and "default" both mean plain frequencies.
    private static IReadOnlyList<int> ReadSections(ConfigNode node)
    {
        var scaling = node.Child("rope_scaling");
        if (scaling.Text("rope_type") is { } type and not ("default" or "mrope"))
            throw node.Bad("rope_scaling.rope_type", $"is {type}, wanted default or mrope: stretched positions harm localisation in time");
        if (scaling.Text("type") is { } old and not ("default" or "mrope"))
            throw node.Bad("rope_scaling.type", $"is {old}, wanted default or mrope: stretched positions harm localisation in time");
        var sections = scaling.Integers("mrope_section") ?? throw node.Bad("rope_scaling.mrope_section", "is missing");
        if (sections.Count != 3 || sections.Any(s => s < 0))
            throw node.Bad("rope_scaling.mrope_section", $"is [{string.Join(", ", sections)}], wanted three counts");
        return sections;
    }

    private static int Positive(ConfigNode node, string field) =>
        node.Required(field) is > 0 and var value ? value : throw node.Bad(field, $"is {node.Required(field)}, wanted more than 0");
}
