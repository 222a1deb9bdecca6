using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>Queries to ask of one window.</summary>
/// <param name="Window">What was read.</param>
/// <param name="Queries">What to look for.</param>
/// <param name="Guesses">For each query likely answers in seconds of the window, the likeliest first.</param>
internal readonly record struct WindowAsk(AnchoredWindow Window, IReadOnlyList<string> Queries, IReadOnlyList<IReadOnlyList<AnswerSpan>> Guesses);

/// <summary>Asks all queries of all windows side by side: one pass, and further ones only for answers that were not guessed.</summary>
internal sealed class WindowAsker : IDisposable
{
    /// <summary>
    /// Guesses at each answer that are tried in one pass. On the bundled broadcast and its 16 queries an answer takes 1.66 dependent passes with one guess, 1.54 with two,
    /// 1.47 with four and 1.40 with six, while each costs about ten more tokens a query.
    /// </summary>
    private const int Branches = 4;

    private readonly GroundingModel _model;
    private readonly IReadOnlyList<IWindowProbe> _probes;
    private readonly SuffixPass _pass;
    private readonly TokenHead _head;
    private readonly TemplateCheck _check;
    private readonly EngineCounters _counters;

    /// <summary>Asks spans, and what the probes ask.</summary>
    public WindowAsker(GroundingModel model, IReadOnlyList<IWindowProbe> probes, SuffixPass pass, EngineCounters counters, int checkEvery)
    {
        (_model, _probes, _pass, _counters) = (model, probes, pass, counters);
        _head = new(model.Network, model.Grammar.Choices.Concat(probes.SelectMany(p => p.Choices)));
        _check = new(model, pass, counters, checkEvery);
    }

    /// <summary>Room that a query needs behind a window of so many seconds.</summary>
    public int Need(string query, int seconds) => Need(Question(query, seconds, [.. Enumerable.Range(0, Branches).Select(i => new AnswerSpan(i, seconds))]).Rows);

    /// <summary>Asks all queries of all windows, side by side.</summary>
    /// <returns>For each window the answer to each query.</returns>
    public IReadOnlyList<IReadOnlyList<WindowAnswer>> Ask(IReadOnlyList<WindowAsk> asks)
    {
        var open = asks.Select(a => a.Window.Pairs == 0 ? [] : a.Queries.Select((q, i) => Question(q, a.Window.Pairs, a.Guesses[i])).ToArray()).ToArray();
        var turns = asks.Select((a, i) => new Queue<AskedQuestion[]>(Turns(open[i], a.Window.Room))).ToArray();
        while (turns.Any(t => t.Count > 0))
        {
            var turn = asks.Zip(turns).Where(t => t.Second.Count > 0).Select(t => (t.First.Window, Questions: t.Second.Dequeue())).ToList();
            _pass.Read([.. turn.Select(t => new WindowRows(t.Window, [.. t.Questions.SelectMany(q => q.Rows)]))], _head);
            while (true)
            {
                foreach (var question in turn.SelectMany(t => t.Questions).Where(q => !q.Span.IsDone)) question.Span.Settle();
                WindowRows[] rest = [.. turn.Select(t => new WindowRows(t.Window, [.. t.Questions.Where(q => !q.Span.IsDone).SelectMany(q => q.Span.Pending)])).Where(r => r.Rows.Count > 0)];
                if (rest.Length == 0) break;
                _pass.Read(rest, _head);
            }
            foreach (var (window, questions) in turn)
            {
                window.Scratch = 0;
                foreach (var question in questions) _check.Look(window, question.Span);
            }
        }
        foreach (var question in open.SelectMany(q => q)) _counters.CountAnswer(question.Span.Passes);
        return [.. asks.Zip(open, (ask, questions) => (IReadOnlyList<WindowAnswer>)[.. ask.Window.Pairs == 0
            ? ask.Queries.Select(_ => WindowAnswer.Without("the window holds no frames"))
            : questions.Select(q => q.Judge())])];
    }

    // As many questions at a time as the window has room for.
    private IEnumerable<AskedQuestion[]> Turns(AskedQuestion[] questions, int room)
    {
        for (var done = 0; done < questions.Length;)
        {
            var (count, tokens) = (0, 0);
            while (done + count < questions.Length && (count == 0 || tokens + Need(questions[done + count].Rows) <= room)) tokens += Need(questions[done + count++].Rows);
            yield return questions[done..(done + count)];
            done += count;
        }
    }

    // With what is read again of its answer where a guess is wrong: in the worst case all of it, then all but its first token, and so on.
    private int Need(IReadOnlyList<SuffixRow> rows) => rows.Sum(r => r.Pending) + _model.Grammar.LongestAnswer * (_model.Grammar.LongestAnswer + 1) / 2;

    private AskedQuestion Question(string query, int seconds, IReadOnlyList<AnswerSpan> guesses) =>
        new(new(query, _model.SuffixTokens(_model.Profile.Prompt.Span(query)), _model.Grammar, seconds, guesses, Branches), _probes);

    /// <inheritdoc/>
    public void Dispose()
    {
        _head.Dispose();
        _check.Dispose();
    }

    private sealed class AskedQuestion
    {
        private readonly (IWindowProbe Probe, IReadOnlyList<SuffixRow> Rows)[] _probes;

        public AskedQuestion(SpanQuestion span, IReadOnlyList<IWindowProbe> probes)
        {
            Span = span;
            _probes = [.. probes.Select(p => (p, p.Rows(span)))];
            Rows = [.. span.Pending, .. _probes.SelectMany(p => p.Rows)];
        }

        public SpanQuestion Span { get; }

        public IReadOnlyList<SuffixRow> Rows { get; }

        public WindowAnswer Judge() => _probes.Aggregate(Span.Answer, (answer, p) => answer.Fault is null ? p.Probe.Judge(Span, p.Rows, answer) : answer);
    }
}
