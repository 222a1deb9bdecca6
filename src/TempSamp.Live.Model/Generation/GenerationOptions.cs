namespace TempSamp.Live.Model;

/// <summary>How an answer is decoded.</summary>
public sealed record GenerationOptions
{
    /// <summary>Most tokens of an answer.</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>Tokens that end an answer.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Fills the rows of a batch that have ended.</summary>
    public int PadTokenId { get; init; }

    /// <summary>What is done to the scores before a token is chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Draws tokens from this; null takes the best one.</summary>
    public Random? Random { get; init; }
}
