using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>How far the tree of answers is read.</summary>
/// <param name="Least">Branches less probable than this are not read; what is known of them is completed as the chosen answer goes on.</param>
/// <param name="Tokens">Most tokens that are read of one tree.</param>
/// <param name="Passes">Most passes that are made for it.</param>
internal readonly record struct TreeLimits(double Least, int Tokens, int Passes)
{
    /// <summary>One more pass with a few tokens, which an answer without doubt does not take.</summary>
    public static readonly TreeLimits Serving = new(0.05, 32, 1);

    /// <summary>Everything.</summary>
    public static readonly TreeLimits Whole = new(0, int.MaxValue, int.MaxValue);
}

/// <summary>
/// The tree of all answers to one question: each choice of a digit is a fork, and a path's probability is the product of its choices'. It is read only where the
/// answer leaves doubt.
/// </summary>
/// <remarks>
/// The chosen answer's own forks were scored when it was decoded. From every fork a branch that is probable enough is read behind the same window, going on as the chosen
/// answer does, so that one pass scores all of its further forks.
/// </remarks>
internal sealed class AnswerTree
{
    private readonly AnswerGrammar _grammar;
    private readonly int _seconds;
    private readonly TreeLimits _limits;
    private readonly SpanQuestion _question;
    private readonly int[] _chosen;                         // tokens of the chosen answer behind the prompt, up to its last choice
    private readonly Node _root;
    private readonly List<(SuffixRow Row, int[] Tokens)> _reading = [];
    private int _tokens;
    private int _passes;

    /// <summary>Begins with what the decoding of the answer has scored.</summary>
    /// <param name="grammar">The template of answers.</param>
    /// <param name="question">Asked and answered.</param>
    /// <param name="limits">How far to read.</param>
    public AnswerTree(AnswerGrammar grammar, SpanQuestion question, TreeLimits limits)
    {
        (_grammar, _seconds, _limits, _question) = (grammar, question.Seconds, limits, question);
        _chosen = [.. question.Said];
        var draft = new AnswerDraft(grammar, _seconds);
        int[] forced = [.. draft.Follow()];
        _root = new(forced, draft, 1);
        Absorb(_chosen, read => question.Forks[read]);
    }

    /// <summary>Rows to read before <see cref="Take"/>; none when nothing is left that is worth it.</summary>
    public IReadOnlyList<SuffixRow> Open()
    {
        _reading.Clear();
        if (_passes++ >= _limits.Passes) return [];
        foreach (var node in Open(_root).OrderByDescending(n => n.Probability))
        {
            int[] tokens = [.. AnswerDraft.Continue(_grammar, _seconds, node.Tokens, _chosen)];
            var more = tokens.Length - _chosen.Zip(tokens).TakeWhile(t => t.First == t.Second).Count();
            if (_tokens + more > _limits.Tokens) break;
            _tokens += more;
            _reading.Add((new([.. _question.Prompt, .. tokens], _question.Prompt.Count + node.Tokens.Length - 1), tokens));
        }
        return [.. _reading.Select(r => r.Row)];
    }

    /// <summary>Takes over the scores of the rows that <see cref="Open()"/> gave.</summary>
    public void Take()
    {
        foreach (var (row, tokens) in _reading) Absorb(tokens, read => row.After(_question.Prompt.Count + read - 1));
    }

    /// <summary>What is known: every answer that was read to its end, and each other branch as the chosen answer would complete it.</summary>
    public SpanPosterior Posterior() => new(Leaves(_root));

    private void Absorb(int[] tokens, Func<int, TokenScoreRow> after)
    {
        var node = _root;
        while (node.Span is null && node.Tokens.Length <= tokens.Length)
        {
            if (node.Children is null && !node.Expand(after(node.Tokens.Length))) return;
            if (node.Children!.FirstOrDefault(c => c.Span is null && tokens.AsSpan().StartsWith(c.Tokens)) is not { } next) return;
            node = next;
        }
    }

    private IEnumerable<Node> Open(Node node) =>
        node.Children is { } children ? children.SelectMany(Open) : node.Span is null && node.Probability > 0 && node.Probability >= _limits.Least ? [node] : [];

    private IEnumerable<WeightedSpan> Leaves(Node node) =>
        node.Children is { } children ? children.SelectMany(Leaves) : [new(node.Span ?? Completed(node), node.Probability)];

    // Goes on as the chosen answer does, and where that is not possible by the middle of what is.
    private AnswerSpan Completed(Node node)
    {
        var draft = node.Draft.Copy();
        for (var length = node.Tokens.Length; draft.Span is null;)
        {
            var options = draft.Options();
            var choice = length < _chosen.Length && options.Contains(_chosen[length]) ? _chosen[length] : options[options.Count / 2];
            length += draft.TakeAndFollow(choice).Count;
        }
        return draft.Span.Value;
    }

    // A beginning of an answer, up to a fork or the end.
    private sealed class Node(int[] tokens, AnswerDraft draft, double probability)
    {
        public int[] Tokens => tokens;

        public AnswerDraft Draft => draft;

        public double Probability => probability;

        public AnswerSpan? Span => draft.Span;

        public Node[]? Children { get; private set; }

        public bool Expand(TokenScoreRow scores)
        {
            if (!scores.AreNumbers) return false;
            var options = draft.Options();
            var most = options.Max(o => scores[o]);
            var weights = options.ConvertAll(o => Math.Exp(scores[o] - most));
            var total = weights.Sum();
            Children = [.. options.Zip(weights, (option, weight) =>
            {
                var next = draft.Copy();
                return new Node([.. tokens, .. next.TakeAndFollow(option)], next, probability * weight / total);
            })];
            return true;
        }
    }
}
