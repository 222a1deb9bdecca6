using System.Runtime.InteropServices;
using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>Queries to ask of one window.</summary>
/// <param name="Window">What was read.</param>
/// <param name="Queries">What to look for.</param>
/// <param name="Guesses">For each query the likely answer in seconds of the window.</param>
internal readonly record struct WindowAsk(AnchoredWindow Window, IReadOnlyList<string> Queries, IReadOnlyList<AnswerSpan> Guesses);

/// <summary>
/// Reads many streams with one model: frame pairs become rows once, rows enter all windows as one batch, and all questions of all windows are read side by side.
/// Belongs to the model's thread.
/// </summary>
internal sealed class GroundingEngine : IDisposable
{
    /// <summary>Tokens of one window in one pass: the scores of more against a long window would take too much memory at once.</summary>
    private const int Piece = 512;

    private const int MostThoughtTokens = 512;

    private readonly GroundingModel _model;
    private readonly IReadOnlyList<IWindowProbe> _probes;
    private readonly SuffixPass _suffixes;
    private readonly TokenHead _head;

    /// <summary>An engine on a model.</summary>
    /// <param name="model">Its weights; the caller's.</param>
    /// <param name="probes">What is asked beside the span; presence when null.</param>
    public GroundingEngine(GroundingModel model, IReadOnlyList<IWindowProbe>? probes = null)
    {
        (_model, _suffixes) = (model, new(model.Network));
        _probes = probes ?? [new PresenceProbe(model)];
        _head = new(model.Network, model.Grammar.Choices.Concat(_probes.SelectMany(p => p.Choices)));
    }

    /// <summary>Tokens that all questions together may have in a window at once; more are asked in turns.</summary>
    public const int MostRoom = 2048;

    /// <summary>Allocates the windows of a stream.</summary>
    /// <param name="pace">Their length and number.</param>
    /// <param name="queries">What will be asked of them, for the room that it takes.</param>
    /// <param name="thinking">Whether <see cref="Think"/> will be called.</param>
    public StreamWindows Open(SearchPace pace, IReadOnlyList<string> queries, bool thinking = false)
    {
        var needs = queries.Select(q => Math.Max(Need(Question(q, pace.Window, new(0, pace.Window)).Rows), thinking ? NeedOfThought(Thought(q)) : 0)).ToArray();
        var room = Math.Max(needs.Max(), Math.Min(needs.Sum(), MostRoom));
        var network = _model.Network;
        return new(pace, () => new(_model.Layout, new(network.Config.Text, 1, _model.Layout.Length(pace.Window) + room, network.Type, network.Device)));
    }

    /// <summary>Takes the waiting pairs of all streams in, and asks each its queries: three batches, however many streams are due.</summary>
    /// <returns>For each stream the answers of its oldest window.</returns>
    /// <remarks>Where libtorch fails, such as for want of memory, each stream is tried alone; one that fails alone too begins its windows again, and its answers say why.</remarks>
    public IReadOnlyList<StreamAnswers> Run(IReadOnlyList<StreamHop> hops)
    {
        try
        {
            return RunTogether(hops);
        }
        catch (Exception e) when (e is ExternalException or InvalidOperationException or OutOfMemoryException)
        {
            if (hops.Count > 1) return [.. hops.SelectMany(hop => Run([hop]))];
            var stream = hops[0];
            stream.Windows.Forget();
            var fault = $"libtorch failed: {e.Message.Split('\n')[0].Trim()}";
            return [new(stream.Windows.Oldest.Anchor, stream.Windows.Oldest.End, [.. stream.Queries.Select(_ => WindowAnswer.Without(fault))])];
        }
    }

    private StreamAnswers[] RunTogether(IReadOnlyList<StreamHop> hops)
    {
        using var scope = NewDisposeScope();
        var rows = new Queue<Tensor>(Encode([.. hops.SelectMany(h => h.Windows.Waiting.Select(p => p.Patches))]));
        foreach (var hop in hops) hop.Windows.Add([.. hop.Windows.Waiting.Select(_ => rows.Dequeue())]);
        Grow([.. hops.SelectMany(h => h.Windows.Advance())]);
        var answers = Ask([.. hops.Select(h => new WindowAsk(h.Windows.Oldest, h.Queries, [.. h.Queries.Select((_, i) => h.Windows.Guess(i))]))]);
        foreach (var (hop, said) in hops.Zip(answers))
            foreach (var (i, answer) in said.Index()) hop.Windows.Note(i, answer.Span);
        return [.. hops.Zip(answers, (hop, said) => new StreamAnswers(hop.Windows.Oldest.Anchor, hop.Windows.Oldest.End, said))];
    }

    /// <summary>Rows of frame pairs, each computed once and alike in every window that shows it.</summary>
    /// <param name="pairs">Patches of each pair, of one stream or of many, [h * w, 1176] row-major.</param>
    /// <returns>For each pair [tokens, D], owned by the caller.</returns>
    public Tensor[] Encode(IReadOnlyList<float[]> pairs)
    {
        if (pairs.Count == 0) return [];
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var (network, grid) = (_model.Network, _model.PairGrid);
        var patches = tensor(pairs.SelectMany(p => p).ToArray(), [(long)pairs.Count * grid.Patches, _model.Frames.PatchLength], network.Type, network.Device);
        var rows = network.Vision.Forward(patches, [(pairs.Count, grid.Height, grid.Width)]);
        return [.. Enumerable.Range(0, pairs.Count).Select(i => rows.narrow(0, (long)i * _model.PairTokens, _model.PairTokens).clone().DetachFromDisposeScope())];
    }

    /// <summary>Lets windows read rows: one pass for all of them, or as few as their length allows.</summary>
    /// <param name="windows">Each with the rows [tokens, D] of the seconds that follow its end.</param>
    public void Grow(IReadOnlyList<WindowGrowth> windows)
    {
        var most = Math.Max(1, Piece / _model.PairTokens);
        for (var done = 0; windows.Any(w => w.Pairs.Count > done); done += most)
            GrowTogether([.. windows.Where(w => w.Pairs.Count > done).Select(w => w with { Pairs = [.. w.Pairs.Skip(done).Take(most)] })]);
    }

    private void GrowTogether(List<WindowGrowth> windows)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var (network, layout) = (_model.Network, _model.Layout);
        var text = new Lazy<Tensor>(() => network.Language.Embedding.forward(tensor(Array.ConvertAll(layout.Text, t => (long)t), [1, layout.Text.Length], device: network.Device))[0]);
        var (embeds, stretches) = (new List<Tensor>(), new List<Stretch>());
        var positions = new List<(long Time, long Height, long Width)>();
        foreach (var (window, pairs) in windows)
        {
            var (at, tokens) = (window.Cache.Length, layout.Length(window.Pairs + pairs.Count) - window.Cache.Length);
            if (at == 0) embeds.Add(text.Value);
            embeds.AddRange(pairs);
            positions.AddRange(Enumerable.Range(at, tokens).Select(layout.PositionOf));
            stretches.Add(Stretch.Causal(window.Cache, tokens, network.Type, network.Device));
        }
        long[] where = [.. positions.Select(p => p.Time), .. positions.Select(p => p.Height), .. positions.Select(p => p.Width)];
        network.Language.Read(cat(embeds, 0), tensor(where, [3, positions.Count], device: network.Device), stretches);
        foreach (var ((window, pairs), stretch) in windows.Zip(stretches)) window.Grow(stretch.Tokens, pairs.Count);
    }

    /// <summary>Asks all queries of all windows, side by side.</summary>
    /// <returns>For each window the answer to each query.</returns>
    public IReadOnlyList<IReadOnlyList<WindowAnswer>> Ask(IReadOnlyList<WindowAsk> asks)
    {
        if (asks.FirstOrDefault(a => a.Window.Pairs == 0).Window is not null) throw new ModelException("A window without frames was asked about. Let it read a pair first.");
        var open = asks.Select(a => a.Queries.Select((q, i) => Question(q, a.Window.Pairs, a.Guesses[i])).ToArray()).ToArray();
        var turns = asks.Select((a, i) => new Queue<AskedQuestion[]>(Turns(open[i], a.Window.Room))).ToArray();
        while (turns.Any(t => t.Count > 0))
        {
            var turn = asks.Zip(turns).Where(t => t.Second.Count > 0).Select(t => (t.First.Window, Questions: t.Second.Dequeue())).ToList();
            _suffixes.Read([.. turn.Select(t => new WindowRows(t.Window, [.. t.Questions.SelectMany(q => q.Rows)]))], _head);
            while (true)
            {
                foreach (var question in turn.SelectMany(t => t.Questions).Where(q => !q.Span.IsDone)) question.Span.Settle();
                WindowRows[] rest = [.. turn.Select(t => new WindowRows(t.Window, [.. t.Questions.Where(q => !q.Span.IsDone).Select(q => q.Span.Row)])).Where(r => r.Rows.Count > 0)];
                if (rest.Length == 0) break;
                _suffixes.Read(rest, _head);
            }
            foreach (var (window, _) in turn) window.Scratch = 0;
        }
        return [.. open.Select(questions => (IReadOnlyList<WindowAnswer>)[.. questions.Select(q => q.Judge())])];
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

    /// <summary>Lets the model write freely about a window, reasoning first, and reads the spans from what it wrote.</summary>
    /// <returns>For each query the answer, without presence or confidence.</returns>
    /// <exception cref="ModelException">The model's style knows no reasoning.</exception>
    public IReadOnlyList<WindowAnswer> Think(AnchoredWindow window, IReadOnlyList<string> queries)
    {
        using var every = new TokenHead(_model.Network);
        var answers = new List<WindowAnswer>();
        foreach (var query in queries)
        {
            var row = Thought(query);
            var prompt = row.Tokens.Count;
            for (var passes = 0; passes < MostThoughtTokens; passes++)
            {
                _suffixes.Read([new(window, [row])], every);
                if (!row.Last.AreNumbers) break;
                var next = Array.IndexOf(row.Last.Values, row.Last.Values.Max());
                if (_model.EosTokenIds.Contains(next)) break;
                row.Continue(row.Tokens.Count, [next]);
            }
            window.Scratch = 0;
            answers.Add(Read(row.Tokens.Skip(prompt), window.Pairs) with { Passes = row.Tokens.Count - prompt + 1 });
        }
        return answers;
    }

    private WindowAnswer Read(IEnumerable<int> thought, int seconds)
    {
        var text = _model.Tokenizer.Decode([.. thought]);
        return GroundingAnswer.Parse(text) is { } span && span.End <= seconds
            ? new(span, 0, 0, text)
            : new(null, 0, 0, text, "the answer names no span inside the window");
    }

    private SuffixRow Thought(string query) => new(_model.SuffixTokens(_model.Profile.Prompt.SpanWithThought(query)));

    private static int NeedOfThought(SuffixRow row) => row.Pending + MostThoughtTokens;

    private AskedQuestion Question(string query, int seconds, AnswerSpan guess) =>
        new(new(query, _model.SuffixTokens(_model.Profile.Prompt.Span(query)), _model.Grammar, seconds, guess), _probes);

    /// <inheritdoc/>
    public void Dispose()
    {
        _head.Dispose();
        _suffixes.Dispose();
    }

    private sealed class AskedQuestion
    {
        private readonly (IWindowProbe Probe, IReadOnlyList<SuffixRow> Rows)[] _probes;

        public AskedQuestion(SpanQuestion span, IReadOnlyList<IWindowProbe> probes)
        {
            Span = span;
            _probes = [.. probes.Select(p => (p, p.Rows(span)))];
            Rows = [span.Row, .. _probes.SelectMany(p => p.Rows)];
        }

        public SpanQuestion Span { get; }

        public IReadOnlyList<SuffixRow> Rows { get; }

        public WindowAnswer Judge() => _probes.Aggregate(Span.Answer, (answer, p) => answer.Fault is null ? p.Probe.Judge(Span, p.Rows, answer) : answer);
    }
}
