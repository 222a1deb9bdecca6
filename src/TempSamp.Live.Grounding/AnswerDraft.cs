using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>One answer while it is decoded: the template is given, only digits are chosen, and only such that 0 &lt;= start &lt; end &lt;= window.</summary>
internal sealed class AnswerDraft
{
    private readonly AnswerGrammar _grammar;
    private readonly long _unit;            // one second
    private readonly long _window;
    private NumberDraft _number;
    private long _start = -1;
    private double _logSum;
    private int _decisions;

    public AnswerDraft(AnswerGrammar grammar, int windowSeconds)
    {
        _grammar = grammar;
        _unit = (long)Math.Pow(10, grammar.Format.Decimals);
        _window = windowSeconds * _unit;
        _number = new(grammar.Format, 0, _window - 1);
    }

    /// <summary>The finished answer; null before.</summary>
    public AnswerSpan? Span { get; private set; }

    /// <summary>Geometric mean of the probabilities of what was chosen; 1 where nothing was open.</summary>
    public double Confidence => _decisions == 0 ? 1 : Math.Exp(_logSum / _decisions);

    /// <summary>The finished answer as the model would have written it.</summary>
    public string Text => GroundingAnswer.Format(Span!.Value, _grammar.Format);

    private int[] AfterNumber => _start < 0 ? _grammar.Middle : _grammar.Closing;

    /// <summary>Takes every step that leaves no choice.</summary>
    /// <returns>Tokens that the model must read before the next choice; empty when the answer is finished.</returns>
    public List<int> Follow()
    {
        var read = new List<int>();
        while (Span is null && Options() is [var only]) read.AddRange(Take(only));
        return Span is null ? read : [];
    }

    /// <summary>Chooses the most probable of the tokens that may come next.</summary>
    /// <param name="scores">Of the grammar's tokens at least.</param>
    /// <returns>Tokens that the model must read before the next choice; empty when the answer is finished.</returns>
    public List<int> Choose(TokenScoreRow scores)
    {
        var options = Options();
        var best = options[0];
        foreach (var option in options)
            if (scores[option] > scores[best]) best = option;
        var total = 0.0;
        foreach (var option in options) total += Math.Exp(scores[option] - scores[best]);
        _logSum -= Math.Log(total);
        _decisions++;
        return TakeAndFollow(best);
    }

    /// <summary>The tokens of an answer that begins as <paramref name="said"/> and goes on as <paramref name="wanted"/> for as long as an answer may.</summary>
    /// <param name="grammar">The template.</param>
    /// <param name="windowSeconds">Longest end.</param>
    /// <param name="said">Tokens that were chosen, behind the opening.</param>
    /// <param name="wanted">Tokens to guess with, behind the opening; the ones at the places of <paramref name="said"/> are not looked at.</param>
    /// <returns>Without the last choice, which nothing is read after.</returns>
    public static List<int> Continue(AnswerGrammar grammar, int windowSeconds, IReadOnlyList<int> said, IReadOnlyList<int> wanted)
    {
        var draft = new AnswerDraft(grammar, windowSeconds);
        var tokens = draft.Follow();
        while (draft.Span is null)
        {
            var source = tokens.Count < said.Count ? said : wanted;
            if (tokens.Count >= source.Count || !draft.Options().Contains(source[tokens.Count])) break;
            tokens.AddRange(draft.TakeAndFollow(source[tokens.Count]));
        }
        return tokens;
    }

    /// <summary>One that goes on by itself.</summary>
    public AnswerDraft Copy()
    {
        var copy = (AnswerDraft)MemberwiseClone();
        copy._number = _number.Copy();
        return copy;
    }

    /// <summary>Takes a choice and every step that leaves none.</summary>
    /// <returns>Tokens that the model must read before the next choice; empty when the answer is finished.</returns>
    public List<int> TakeAndFollow(int token)
    {
        var read = Take(token);
        if (Span is null) read.AddRange(Follow());
        return Span is null ? read : [];
    }

    /// <summary>Tokens that may come next: digits that keep the answer possible, and the token that ends the whole digits.</summary>
    public List<int> Options()
    {
        var options = new List<int>(_grammar.Digits.Length + 1);
        foreach (var (digit, token) in _grammar.Digits.Index())
            if (_number.CanTake(digit)) options.Add(token);
        if (_number.CanStop) options.Add(Stop[0]);
        return options;
    }

    private int[] Stop => _grammar.Format.Decimals > 0 ? _grammar.Point : AfterNumber;

    private List<int> Take(int token)
    {
        var digit = Array.IndexOf(_grammar.Digits, token);
        if (digit >= 0) _number.Take(digit);
        else if (_grammar.Format.Decimals > 0) _number.Stop();
        var ended = _number.Complete || (digit < 0 && _grammar.Format.Decimals == 0);

        List<int> read = digit >= 0 ? [token] : [.. Stop];
        if (!ended) return read;
        if (digit >= 0) read.AddRange(AfterNumber);
        EndNumber();
        return read;
    }

    private void EndNumber()
    {
        if (_start >= 0)
        {
            Span = new((double)_start / _unit, (double)_number.Value / _unit);
            return;
        }
        _start = _number.Value;
        _number = new(_grammar.Format, _start + 1, _window);
    }
}
