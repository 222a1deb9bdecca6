namespace TempSamp.Live.Grounding;

/// <summary>A line of tokens that is read behind a window, beside many others: it sees the window and itself.</summary>
/// <remarks>Rows of all questions of all windows go through the model in one pass (<see cref="SuffixPass"/>), and what rows of a window have in common is read once.</remarks>
/// <param name="tokens">What it says.</param>
/// <param name="scoresFrom">Number of the first token whose successor is scored; the last token when null.</param>
internal sealed class SuffixRow(IReadOnlyList<int> tokens, int? scoresFrom = null)
{
    private IReadOnlyList<SuffixToken> _path = [];

    /// <summary>What it says.</summary>
    public IReadOnlyList<int> Tokens => tokens;

    /// <summary>Number of the first token whose successor is scored.</summary>
    public int ScoresFrom { get; } = scoresFrom ?? tokens.Count - 1;

    /// <summary>Scores of what follows the last token.</summary>
    public TokenScoreRow Last => After(tokens.Count - 1);

    /// <summary>Scores of what follows a token that was read and lies at or behind <see cref="ScoresFrom"/>.</summary>
    public TokenScoreRow After(int token) => _path[token].Scores ?? throw new InvalidOperationException($"Token {token} was not scored: scores were asked for from {ScoresFrom} on.");

    /// <summary>Takes its place in a window's tree.</summary>
    internal void Enter(IReadOnlyList<SuffixToken> path) => _path = path;
}
