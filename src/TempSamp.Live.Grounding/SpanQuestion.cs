using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>One query asked of one window: its rows hold the question and guesses at the answer, and every pass settles as many choices as one of the guesses got right.</summary>
/// <remarks>
/// A guess costs nothing but a few tokens in a pass that is made anyway, and changes no answer: each choice is made from the scores of a token that follows exactly
/// what was chosen before. Where no guess goes on as was chosen, the next pass reads what was chosen and new guesses.
/// </remarks>
internal sealed class SpanQuestion
{
    private readonly AnswerGrammar _grammar;
    private readonly AnswerDraft _answer;
    private readonly IReadOnlyList<int>[] _guesses;
    private readonly int _later;
    private readonly List<int> _said;
    private readonly Dictionary<int, TokenScoreRow> _forks = [];
    private SuffixRow[] _rows;                  // the question, what was said, and a guess at the rest; the likeliest first

    /// <summary>Asks.</summary>
    /// <param name="query">What to look for.</param>
    /// <param name="suffix">Tokens of the question, the opened turn of the answer included.</param>
    /// <param name="grammar">The template of answers.</param>
    /// <param name="seconds">Length of the window.</param>
    /// <param name="guesses">Likely answers, such as the one before; the likeliest first.</param>
    /// <param name="first">How many of them are tried in the first pass.</param>
    /// <param name="later">How many in later ones.</param>
    public SpanQuestion(string query, int[] suffix, AnswerGrammar grammar, int seconds, IReadOnlyList<AnswerSpan> guesses, int first, int later)
    {
        (Query, _grammar, Seconds, _answer) = (query, grammar, seconds, new(grammar, seconds));
        _guesses = [.. guesses.Select(grammar.Spell)];
        _said = _answer.Follow();
        Prompt = [.. suffix, .. grammar.Opening];
        _later = later;
        _rows = Guess(first);
    }

    /// <summary>What is looked for.</summary>
    public string Query { get; }

    /// <summary>Length of the window in seconds.</summary>
    public int Seconds { get; }

    /// <summary>Tokens before the answer's first digit: the question and the answer's opening.</summary>
    public IReadOnlyList<int> Prompt { get; }

    /// <summary>Tokens of the answer behind the prompt, up to its last choice.</summary>
    public IReadOnlyList<int> Said => _said;

    /// <summary>The scores that each choice was made from, by how many tokens of the answer came before it.</summary>
    public IReadOnlyDictionary<int, TokenScoreRow> Forks => _forks;

    /// <summary>What the next pass must read.</summary>
    public IReadOnlyList<SuffixRow> Pending => _rows;

    /// <summary>Passes so far, each of which had to wait for the one before.</summary>
    public int Passes { get; private set; }

    /// <summary>The scores that each choice so far was made from.</summary>
    public IEnumerable<TokenScoreRow> Choices => _forks.OrderBy(f => f.Key).Select(f => f.Value);

    /// <summary>Why there is no answer; null while there is none or it is on its way.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether nothing is left to read.</summary>
    public bool IsDone => Fault is not null || _answer.Span is not null;

    /// <summary>The answer, or why there is none; presence is not asked here.</summary>
    public WindowAnswer Answer => Fault is { } fault
        ? WindowAnswer.Without(fault) with { Passes = Passes }
        : new(GroundingAnswer.Parse(_answer.Text), 0, _answer.Confidence, _answer.Text) { Passes = Passes };

    /// <summary>Makes every choice that the pass just made has scores for, and leaves guesses at the rest pending.</summary>
    public void Settle()
    {
        Passes++;
        while (!IsDone)
        {
            if (_rows.FirstOrDefault(HasSaid) is not { } row)
            {
                _rows = Guess(_later);
                return;
            }
            var scores = row.After(Prompt.Count + _said.Count - 1);
            if (!scores.AreNumbers)
            {
                Fault = "the model's scores are not numbers";
                return;
            }
            _forks[_said.Count] = scores;
            _said.AddRange(_answer.Choose(scores));
        }
    }

    /// <summary>Tries the likeliest guess only, where the next pass has not been made yet.</summary>
    public void Narrow() => _rows = [_rows[0]];

    // What was said, and then the guesses that begin so, the likeliest first; where none does, the likeliest one's remaining digits.
    private SuffixRow[] Guess(int most)
    {
        var fitting = _guesses.Where(g => g.Take(_said.Count).SequenceEqual(_said)).DefaultIfEmpty(_guesses.FirstOrDefault() ?? []);
        var texts = fitting.Select(g => AnswerDraft.Continue(_grammar, Seconds, _said, g)).DistinctBy(t => string.Join(' ', t)).Take(most);
        return [.. texts.Select(t => new SuffixRow([.. Prompt, .. t], scoresFrom: Prompt.Count - 1))];
    }

    private bool HasSaid(SuffixRow row) => row.Tokens.Count >= Prompt.Count + _said.Count && row.Tokens.Skip(Prompt.Count).Take(_said.Count).SequenceEqual(_said);
}
