namespace TempSamp.Live.Grounding;

/// <summary>
/// A line of tokens that is read behind a window, beside many others: it sees the window, the beginning of the row that it branches off, and itself.
/// </summary>
/// <remarks>
/// Rows of all questions of all windows go through the model in one pass (<see cref="SuffixPass"/>). A row keeps what it has read in the window's scratch room, so
/// it can be cut back and continued in the next pass.
/// </remarks>
internal sealed class SuffixRow
{
    private readonly SuffixRow? _stem;
    private readonly int _shared;
    private readonly List<int> _tokens;
    private readonly List<int> _places = [];                    // in the window's cache, of the tokens that were read
    private readonly List<TokenScoreRow?> _scores = [];         // after each token that was read

    /// <summary>A row of its own.</summary>
    /// <param name="tokens">What it says.</param>
    /// <param name="scoresFrom">Number of the first token whose successor is scored; the last token when null.</param>
    public SuffixRow(IEnumerable<int> tokens, int? scoresFrom = null)
    {
        _tokens = [.. tokens];
        ScoresFrom = scoresFrom ?? _tokens.Count - 1;
    }

    private SuffixRow(SuffixRow stem, int shared, IEnumerable<int> tokens, int? scoresFrom) : this(tokens, scoresFrom) => (_stem, _shared) = (stem, shared);

    /// <summary>What it says, without what it shares with its stem.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Number of the first token whose successor is scored.</summary>
    public int ScoresFrom { get; }

    /// <summary>Tokens that no pass has read yet.</summary>
    public int Pending => _tokens.Count - _places.Count;

    /// <summary>Place of its first token in the text behind the window.</summary>
    public int Start => _stem is null ? 0 : _stem.Start + _shared;

    /// <summary>A row that says what this one says in its first <paramref name="shared"/> tokens, and then something of its own. This row must be read in the same pass or before.</summary>
    public SuffixRow Branch(int shared, IEnumerable<int> tokens, int? scoresFrom = null) => new(this, shared, tokens, scoresFrom);

    /// <summary>Scores of what follows a token, numbered in <see cref="Tokens"/>. It must have been read, and lie at or behind <see cref="ScoresFrom"/>.</summary>
    public TokenScoreRow After(int token) => _scores[token] ?? throw new InvalidOperationException($"Token {token} was not scored: scores were asked for from {ScoresFrom} on.");

    /// <summary>Scores of what follows the last token.</summary>
    public TokenScoreRow Last => After(_tokens.Count - 1);

    /// <summary>Forgets the tokens from number <paramref name="length"/> on and says others instead.</summary>
    public void Continue(int length, IEnumerable<int> tokens)
    {
        _tokens.RemoveRange(length, _tokens.Count - length);
        if (_places.Count > length)
        {
            _places.RemoveRange(length, _places.Count - length);
            _scores.RemoveRange(length, _scores.Count - length);
        }
        _tokens.AddRange(tokens);
    }

    /// <summary>Forgets what was read: the row will be read anew.</summary>
    public void Forget()
    {
        _places.Clear();
        _scores.Clear();
    }

    /// <summary>Notes where the next pending token goes.</summary>
    internal void Place(int place) => _places.Add(place);

    /// <summary>Notes what follows the next token that has been read; null where nobody asked.</summary>
    internal void Score(TokenScoreRow? scores) => _scores.Add(scores);

    /// <summary>Places that token <paramref name="token"/> sees, its own included.</summary>
    internal IEnumerable<int> Seen(int token) => (_stem?.Seen(_shared - 1) ?? []).Concat(_places.Take(token + 1));
}
