namespace TempSamp.Live.Grounding;

/// <summary>A token that is read behind a window, after those that lead to it.</summary>
/// <param name="before">The token before it; null for the root, which stands for the window itself.</param>
/// <param name="id">Number in the vocabulary.</param>
/// <param name="place">Where its keys and values lie in the scratch room.</param>
internal sealed class SuffixToken(SuffixToken? before, int id, int place)
{
    private Dictionary<int, SuffixToken>? _next;

    /// <summary>Number in the vocabulary.</summary>
    public int Id => id;

    /// <summary>Tokens between the window and it.</summary>
    public int Depth { get; } = before is null ? -1 : before.Depth + 1;

    /// <summary>Where its keys and values lie in the scratch room; -1 for the root.</summary>
    public int Place => place;

    /// <summary>Whether somebody wants to know what follows it.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Whether a pass has read it.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Scores of what follows it; null where nobody wanted them when it was read.</summary>
    public TokenScoreRow? Scores { get; private set; }

    /// <summary>Places in the scratch room of what it sees: itself and everything that leads to it.</summary>
    public IEnumerable<int> Seen
    {
        get
        {
            for (var token = this; token.Depth >= 0; token = token.Before!) yield return token.Place;
        }
    }

    private SuffixToken? Before => before;

    /// <summary>The token that was entered after it; null where it is not there, or would have to be read again for its scores.</summary>
    public SuffixToken? After(int token, bool isWanted) =>
        _next?.GetValueOrDefault(token) is { } next && (!isWanted || !next.IsRead || next.Scores is not null) ? next : null;

    /// <summary>Enters a token after it.</summary>
    public SuffixToken Add(int token, int at) => (_next ??= [])[token] = new(this, token, at);

    /// <summary>Notes that it was read.</summary>
    public void Read(TokenScoreRow? scores) => (IsRead, Scores) = (true, scores);
}

/// <summary>What questions have read in the scratch room of one window: rows that begin alike share what they have in common, whoever asks.</summary>
/// <remarks>A token's keys and values follow from the window and the tokens that lead to it, so what one question has read is what another would have read.</remarks>
internal sealed class SuffixTree
{
    private SuffixToken _root = new(null, -1, -1);

    /// <summary>Tokens in the scratch room.</summary>
    public int Tokens { get; private set; }

    /// <summary>Enters a row.</summary>
    /// <returns>Those of its tokens that must be read, in order.</returns>
    public IReadOnlyList<SuffixToken> Enter(SuffixRow row)
    {
        var (last, path, fresh) = (_root, new SuffixToken[row.Tokens.Count], new List<SuffixToken>());
        for (var i = 0; i < path.Length; i++)
        {
            var isWanted = i >= row.ScoresFrom;
            if (last.After(row.Tokens[i], isWanted) is not { } next) fresh.Add(next = last.Add(row.Tokens[i], Tokens++));
            next.IsWanted |= isWanted;
            path[i] = last = next;
        }
        row.Enter(path);
        return fresh;
    }

    /// <summary>How many tokens would be read if rows were entered.</summary>
    public int Missing(IEnumerable<SuffixRow> rows)
    {
        var added = new Dictionary<(int Before, int Token), int>();        // tokens that are not there yet, numbered from -2 down
        foreach (var row in rows)
        {
            var (last, number) = (_root, _root.Place);
            foreach (var (i, token) in row.Tokens.Index())
            {
                last = last?.After(token, i >= row.ScoresFrom);
                if (last is not null) number = last.Place;
                else if (!added.TryGetValue((number, token), out var known)) added[(number, token)] = number = -2 - added.Count;
                else number = known;
            }
        }
        return added.Count;
    }

    /// <summary>Forgets everything: the room is free.</summary>
    public void Clear() => (_root, Tokens) = (new(null, -1, -1), 0);
}
