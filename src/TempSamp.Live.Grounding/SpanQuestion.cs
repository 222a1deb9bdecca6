using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>One query asked of one window: its rows hold the question and guesses at the answer, and every pass settles as many choices as one of the guesses got right.</summary>
/// <remarks>
/// A guess costs nothing but a few tokens in a pass that is made anyway, and changes no answer: each choice is made from the scores of a token that follows exactly
/// what was chosen before. From the first wrong token on the best row is cut back and goes on with what was chosen and a new guess; the others are dropped.
/// </remarks>
internal sealed class SpanQuestion
{
    private readonly AnswerGrammar _grammar;
    private readonly AnswerDraft _answer;
    private readonly IReadOnlyList<int>[] _guesses;
    private readonly int _later;
    private readonly List<int> _said;
    private readonly Dictionary<int, TokenScoreRow> _forks = [];
    private List<Guessed> _rows;                // the first of a pass is the stem of the others

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
        int[] prompt = [.. suffix, .. grammar.Opening];
        Prompt = prompt.Length;
        _later = later;
        var texts = Guess(first);
        Row = new([.. prompt, .. texts[0]], scoresFrom: prompt.Length - 1);
        _rows = Branches(new(Row, Prompt, 0), 0, texts);
    }

    /// <summary>What is looked for.</summary>
    public string Query { get; }

    /// <summary>Length of the window in seconds.</summary>
    public int Seconds { get; }

    /// <summary>Question, opening of the answer, and a guess. Rows that ask more about the answer branch off its first <see cref="Prompt"/> tokens.</summary>
    public SuffixRow Row { get; }

    /// <summary>Tokens before the answer's first digit.</summary>
    public int Prompt { get; }

    /// <summary>Tokens of the answer behind the prompt, up to its last choice.</summary>
    public IReadOnlyList<int> Said => _said;

    /// <summary>The scores that each choice was made from, by how many tokens of the answer came before it.</summary>
    public IReadOnlyDictionary<int, TokenScoreRow> Forks => _forks;

    /// <summary>What the next pass must read.</summary>
    public IEnumerable<SuffixRow> Pending => _rows.Select(r => r.Row);

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

    /// <summary>Makes every choice that the pass just made has scores for, and leaves the rest pending in one row.</summary>
    public void Settle()
    {
        Passes++;
        while (!IsDone)
        {
            var best = _rows.MaxBy(r => r.Known(_said));
            if (best.Known(_said) is var known && known < _said.Count)
            {
                var texts = Guess(_later);
                best.Row.Continue(best.Place(known), texts[0].Skip(known));
                _rows = Branches(best, known, texts);
                return;
            }
            // Nothing said yet: only the question's own row has the scores of the first choice.
            var scores = _said.Count == 0 ? Row.After(Prompt - 1) : best.Row.After(best.Place(_said.Count) - 1);
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
    private List<int>[] Guess(int most)
    {
        var fitting = _guesses.Where(g => g.Take(_said.Count).SequenceEqual(_said)).DefaultIfEmpty(_guesses.FirstOrDefault() ?? []);
        return [.. fitting.Select(g => AnswerDraft.Continue(_grammar, Seconds, _said, g)).DistinctBy(t => string.Join(' ', t)).Take(most)];
    }

    // The stem says the first text already; the others branch off where the answer's tokens are no longer common to all.
    private static List<Guessed> Branches(Guessed stem, int common, IEnumerable<List<int>> texts) =>
        [stem, .. texts.Skip(1).Where(t => t.Count > common).Select(t => new Guessed(stem.Row.Branch(stem.Place(common), t.Skip(common), scoresFrom: 0), 0, common))];

    /// <summary>A row that says an answer.</summary>
    /// <param name="Row">The row.</param>
    /// <param name="Offset">Its own tokens before the answer's.</param>
    /// <param name="From">The answer's tokens that its stem says.</param>
    private readonly record struct Guessed(SuffixRow Row, int Offset, int From)
    {
        /// <summary>Number in the row of the answer's token <paramref name="token"/>.</summary>
        public int Place(int token) => Offset + token - From;

        /// <summary>How much of what was said it says too.</summary>
        public int Known(List<int> said) => From + Row.Tokens.Skip(Offset).Zip(said.Skip(From), (read, token) => read == token).TakeWhile(same => same).Count();
    }
}
