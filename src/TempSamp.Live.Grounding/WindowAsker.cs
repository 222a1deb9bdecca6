using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>Queries to ask of one window.</summary>
/// <param name="Window">What was read.</param>
/// <param name="Queries">What to look for.</param>
/// <param name="Guesses">For each query what is likely to be answered.</param>
internal readonly record struct WindowAsk(AnchoredWindow Window, IReadOnlyList<string> Queries, IReadOnlyList<AnswerGuesses> Guesses);

/// <summary>Answers to expect.</summary>
/// <param name="Spans">In seconds of the window, the likeliest first.</param>
/// <param name="IsSteady">Whether the first was right the last time: then fewer are tried at first.</param>
internal readonly record struct AnswerGuesses(IReadOnlyList<AnswerSpan> Spans, bool IsSteady = false);

/// <summary>Asks all queries of all windows side by side: one pass, and further ones only for answers that were not guessed.</summary>
internal sealed class WindowAsker : IDisposable
{
    /// <summary>
    /// Guesses at an answer that the first pass tries. On the bundled broadcast with its 16 queries an answer takes 1.66 dependent passes and 52 tokens with four of them (and one of a
    /// steady query), 1.46 and 61 with six (and three).
    /// </summary>
    private const int First = 6;

    /// <summary>The same of a query that was answered alike twice.</summary>
    private const int FirstOfSteady = 3;

    /// <summary>Guesses at the rest of an answer that later passes try.</summary>
    private const int Later = 4;

    private readonly GroundingModel _model;
    private readonly IReadOnlyList<IWindowProbe> _probes;
    private readonly PosteriorGate _gate;
    private readonly SuffixPass _pass;
    private readonly TokenHead _head;
    private readonly TemplateCheck _check;
    private readonly EngineCounters _counters;

    /// <summary>Asks spans, and what the probes ask.</summary>
    public WindowAsker(GroundingModel model, IReadOnlyList<IWindowProbe> probes, SuffixPass pass, EngineCounters counters, int checkEvery)
    {
        (_model, _probes, _pass, _counters) = (model, probes, pass, counters);
        _gate = new(model, model.PosteriorFrom, TreeLimits.Serving);
        _head = new(model.Network, model.Grammar.Choices.Concat(probes.SelectMany(p => p.Choices)));
        _check = new(model, pass, counters, checkEvery);
    }

    /// <summary>Room that a query needs behind a window of so many seconds.</summary>
    public int Need(string query, int seconds) => Need(Question(query, seconds, new([.. Enumerable.Range(0, First).Select(i => new AnswerSpan(i, seconds))])).Rows);

    /// <summary>Asks all queries of all windows, side by side.</summary>
    /// <returns>For each window the answer to each query.</returns>
    public IReadOnlyList<IReadOnlyList<WindowAnswer>> Ask(IReadOnlyList<WindowAsk> asks)
    {
        foreach (var ask in asks) ask.Window.Suffixes.Clear();                 // a pass that failed leaves tokens behind that it never read
        var open = asks.Select(a => a.Window.Pairs == 0 ? [] : a.Queries.Select((q, i) => Question(q, a.Window.Pairs, a.Guesses[i])).ToArray()).ToArray();
        var turns = asks.Select((a, i) => new Queue<AskedQuestion[]>(Turns(open[i], a.Window.Room))).ToArray();
        while (turns.Any(t => t.Count > 0))
        {
            var turn = asks.Zip(turns).Where(t => t.Second.Count > 0).Select(t => (t.First.Window, Questions: t.Second.Dequeue())).ToList();
            _pass.Read([.. turn.Select(t => new WindowRows(t.Window, [.. t.Questions.SelectMany(q => q.Rows)]))], _head);
            while (true)
            {
                foreach (var question in turn.SelectMany(t => t.Questions).Where(q => !q.Span.IsDone)) question.Span.Settle();
                foreach (var (window, questions) in turn) KeepRoom(window, [.. questions.Where(q => !q.Span.IsDone).Select(q => q.Span)]);
                WindowRows[] rest = [.. turn.Select(t => new WindowRows(t.Window, [.. t.Questions.Where(q => !q.Span.IsDone).SelectMany(q => q.Span.Pending)])).Where(r => r.Rows.Count > 0)];
                if (rest.Length == 0) break;
                _pass.Read(rest, _head);
            }
            ReadDoubts(turn);
            foreach (var (window, questions) in turn)
            {
                window.Suffixes.Clear();
                foreach (var question in questions) _check.Look(window, question.Span, isThere: question.Tree is not null);
            }
        }
        foreach (var question in open.SelectMany(q => q)) _counters.CountAnswer(question.Span.Passes);
        return [.. asks.Zip(open, (ask, questions) => (IReadOnlyList<WindowAnswer>)[.. ask.Window.Pairs == 0
            ? ask.Queries.Select(_ => WindowAnswer.Without("the window holds no frames"))
            : questions.Select(q => q.Answer)])];
    }

    // Further passes for answers that leave doubt, all windows together.
    private void ReadDoubts(List<(AnchoredWindow Window, AskedQuestion[] Questions)> turn)
    {
        foreach (var question in turn.SelectMany(t => t.Questions)) question.Judge(_gate);
        while (true)
        {
            WindowRows[] open = [.. turn.Select(t => new WindowRows(t.Window, [.. t.Questions.SelectMany(q => q.Tree?.Open() ?? [])])).Where(r => r.Rows.Count > 0)];
            if (open.Length == 0) return;
            _pass.Read(open, _head);
            foreach (var question in turn.SelectMany(t => t.Questions)) question.Tree?.Take();
        }
    }

    // As many questions at a time as the window has room for.
    private IEnumerable<AskedQuestion[]> Turns(AskedQuestion[] questions, int room)
    {
        for (var done = 0; done < questions.Length;)
        {
            var (count, tokens) = (0, 0);
            for (; done + count < questions.Length; count++)
            {
                var need = Need(questions[done + count].Rows);
                if (count > 0 && tokens + need > room) break;
                tokens += need;
            }
            yield return questions[done..(done + count)];
            done += count;
        }
    }

    private int Need(IReadOnlyList<SuffixRow> rows) => new SuffixTree().Missing(rows) + Reserve + _gate.Tokens;

    // What is read again of an answer where one guess at a time is wrong: in the worst case all of it, then all but its first token, and so on.
    private int Reserve => _model.Grammar.LongestAnswer * (_model.Grammar.LongestAnswer + 1) / 2;

    // Several guesses at a time only while there is room for the worst case besides.
    private void KeepRoom(AnchoredWindow window, SpanQuestion[] open)
    {
        var wanted = window.Suffixes.Missing(open.SelectMany(q => q.Pending)) + open.Length * Reserve;
        if (window.Suffixes.Tokens + wanted <= window.Room) return;
        foreach (var question in open) question.Narrow();
    }

    private AskedQuestion Question(string query, int seconds, AnswerGuesses guesses) =>
        new(new(query, _model.SuffixTokens(_model.Profile.Prompt.Span(query)), _model.Grammar, seconds, guesses.Spans, guesses.IsSteady ? FirstOfSteady : First, Later), _probes);

    /// <inheritdoc/>
    public void Dispose()
    {
        _head.Dispose();
        _check.Dispose();
    }

    private sealed class AskedQuestion
    {
        private readonly (IWindowProbe Probe, IReadOnlyList<SuffixRow> Rows)[] _probes;
        private WindowAnswer _judged = WindowAnswer.Without("it was not asked");

        public AskedQuestion(SpanQuestion span, IReadOnlyList<IWindowProbe> probes)
        {
            Span = span;
            _probes = [.. probes.Select(p => (p, p.Rows(span)))];
            Rows = [.. span.Pending, .. _probes.SelectMany(p => p.Rows)];
        }

        public SpanQuestion Span { get; }

        public IReadOnlyList<SuffixRow> Rows { get; }

        /// <summary>The alternatives to the answer, where they are worth knowing.</summary>
        public AnswerTree? Tree { get; private set; }

        /// <summary>The answer, when everything is read.</summary>
        public WindowAnswer Answer => Tree is null ? _judged : _judged with { Posterior = Tree.Posterior() };

        /// <summary>Takes the probes' scores, and opens the tree where the gate does.</summary>
        public void Judge(PosteriorGate gate)
        {
            _judged = _probes.Aggregate(Span.Answer, (answer, p) => answer.Fault is null ? p.Probe.Judge(Span, p.Rows, answer) : answer);
            Tree = gate.Open(Span, _judged);
        }
    }
}
