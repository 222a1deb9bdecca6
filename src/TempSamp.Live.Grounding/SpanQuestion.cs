using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>One query asked of one window: its row holds the question and a guess at the answer, and every pass settles as many choices as the guess got right.</summary>
/// <remarks>
/// The guess costs nothing but a few tokens in a pass that is made anyway, and changes no answer: each choice is made from the scores of a token that follows exactly
/// what was chosen before. From the first wrong token on the row is cut back and goes on with what was chosen and a new guess.
/// </remarks>
internal sealed class SpanQuestion
{
    private readonly AnswerGrammar _grammar;
    private readonly int _seconds;
    private readonly AnswerDraft _answer;
    private readonly IReadOnlyList<int> _guess;
    private readonly List<int> _said;

    /// <summary>Asks.</summary>
    /// <param name="query">What to look for.</param>
    /// <param name="suffix">Tokens of the question, the opened turn of the answer included.</param>
    /// <param name="grammar">The template of answers.</param>
    /// <param name="seconds">Length of the window.</param>
    /// <param name="guess">The likely answer, such as the one before; null for none.</param>
    public SpanQuestion(string query, int[] suffix, AnswerGrammar grammar, int seconds, AnswerSpan? guess)
    {
        (Query, _grammar, _seconds, _answer) = (query, grammar, seconds, new(grammar, seconds));
        _guess = guess is { } span ? grammar.Spell(span) : [];
        _said = _answer.Follow();
        int[] prompt = [.. suffix, .. grammar.Opening];
        Prompt = prompt.Length;
        Row = new([.. prompt, .. AnswerDraft.Continue(grammar, seconds, _said, _guess)], scoresFrom: prompt.Length - 1);
    }

    /// <summary>What is looked for.</summary>
    public string Query { get; }

    /// <summary>Length of the window in seconds.</summary>
    public int Seconds => _seconds;

    /// <summary>Question, opening of the answer, and a guess. Rows that ask more about the answer branch off its first <see cref="Prompt"/> tokens.</summary>
    public SuffixRow Row { get; }

    /// <summary>Tokens before the answer's first digit.</summary>
    public int Prompt { get; }

    /// <summary>Passes so far, each of which had to wait for the one before.</summary>
    public int Passes { get; private set; }

    /// <summary>Why there is no answer; null while there is none or it is on its way.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether nothing is left to read.</summary>
    public bool IsDone => Fault is not null || _answer.Span is not null;

    /// <summary>The answer, or why there is none; presence is not asked here.</summary>
    public WindowAnswer Answer => Fault is { } fault
        ? WindowAnswer.Without(fault) with { Passes = Passes }
        : new(GroundingAnswer.Parse(_answer.Text), 0, _answer.Confidence, _answer.Text) { Passes = Passes };

    /// <summary>Makes every choice that the pass just made has scores for, and leaves the rest pending in the row.</summary>
    public void Settle()
    {
        Passes++;
        while (!IsDone)
        {
            var scores = Row.After(Prompt + _said.Count - 1);
            if (!scores.AreNumbers)
            {
                Fault = "the model's scores are not numbers";
                return;
            }
            _said.AddRange(_answer.Choose(scores));
            if (_answer.Span is not null) return;
            var known = Row.Tokens.Skip(Prompt).Zip(_said, (read, said) => read == said).TakeWhile(same => same).Count();
            if (known == _said.Count) continue;
            Row.Continue(Prompt + known, AnswerDraft.Continue(_grammar, _seconds, _said, _guess).Skip(known));
            return;
        }
    }
}
