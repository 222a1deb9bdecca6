namespace TempSamp.Live.Model;

/// <summary>How a checkpoint wants to be sampled, as its <c>generation_config.json</c> states it.</summary>
/// <param name="EosTokenIds">Tokens that end an answer.</param>
/// <param name="PadTokenId">Token that fills finished rows of a batch; null when the file names none.</param>
/// <param name="DoSample">Whether tokens are drawn; false takes the best one.</param>
/// <param name="Sampling">What is done to the scores first.</param>
public sealed record GenerationConfig(IReadOnlyList<int> EosTokenIds, int? PadTokenId, bool DoSample, SamplingOptions Sampling)
{
    /// <summary>Reads <c>generation_config.json</c> of a model folder; where it is absent the end token comes from <c>config.json</c> and decoding is greedy.</summary>
    /// <exception cref="ModelException">A file is damaged, or no file names an end token.</exception>
    public static GenerationConfig Load(string directory)
    {
        var own = Path.Combine(directory, "generation_config.json");
        var config = ConfigNode.Read(Path.Combine(directory, "config.json"));
        var node = (File.Exists(own) ? ConfigNode.Read(own) : config.Child("text_config")).Over(config);
        return new(
            EosTokenIds: node.Integers("eos_token_id") ?? throw node.Bad("eos_token_id", "is missing"),
            PadTokenId: node.Integer("pad_token_id"),
            DoSample: node.Flag("do_sample", false),
            Sampling: new()
            {
                RepetitionPenalty = node.Number("repetition_penalty") ?? 1,
                Temperature = node.Number("temperature") ?? 1,
                TopK = node.Integer("top_k") ?? 0,
                TopP = node.Number("top_p") ?? 1,
                MinP = node.Number("min_p") ?? 0,
            });
    }
}

/// <summary>What is done to scores before a token is chosen, in this order. The defaults change nothing.</summary>
public sealed record SamplingOptions
{
    /// <summary>Scores of tokens already present are divided by this when positive and multiplied by it when negative; 1 is off.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Scores are divided by this; above 0, 1 is off.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only this many best tokens stay; 0 is off.</summary>
    public int TopK { get; init; }

    /// <summary>Only the smallest set of best tokens whose probability reaches this stays; 1 is off.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only tokens with at least this share of the best token's probability stay; 0 is off.</summary>
    public double MinP { get; init; }
}
