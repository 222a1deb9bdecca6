using TempSamp.Live.Grounding;
using TempSamp.Live.Model;
using TempSamp.Live.Testing;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary>The engine against the model called afresh, on one stream.</summary>
/// <param name="Hops">Hops of the engine, the first window's not counted.</param>
/// <param name="Switches">Times that another window took over.</param>
/// <param name="Compared">Answers that were computed both ways.</param>
/// <param name="RatioOf4">CPU time of 4 queries asked afresh over a hop with 4 queries.</param>
/// <param name="RatioOf8">The same of 8.</param>
/// <param name="HopOf4Ms">CPU milliseconds of a hop with 4 queries, mean.</param>
/// <param name="NaiveQueryMs">CPU milliseconds of one query asked afresh, mean.</param>
/// <param name="MarginalShare">One more query of a hop over one query asked afresh.</param>
/// <param name="MaxOverMedian">Costliest over median place between two switches, each the median of its hops with 4 queries.</param>
/// <param name="PlacesMs">CPU milliseconds of these places, in order.</param>
/// <param name="WorstDifference">Largest difference of scores, of the whole vocabulary, over their standard deviation.</param>
/// <param name="EqualBest">Choices whose best token is the same both ways.</param>
/// <param name="Choices">Choices compared.</param>
/// <param name="EqualAnswers">Answers that are the same to the letter.</param>
/// <param name="MeanPasses">Dependent passes of an answer.</param>
/// <param name="MostPasses">The most of any answer.</param>
internal sealed record SpeedFigures(
    int Hops, int Switches, int Compared, double RatioOf4, double RatioOf8, double HopOf4Ms, double NaiveQueryMs, double MarginalShare, double MaxOverMedian, IReadOnlyList<double> PlacesMs,
    double WorstDifference, int EqualBest, int Choices, int EqualAnswers, double MeanPasses, int MostPasses);

/// <summary>Runs both paths hop by hop in one process and compares CPU time and scores.</summary>
internal sealed class SpeedRun(GroundingModel model, int phases)
{
    /// <summary>Eight queries as producers write them.</summary>
    public static readonly string[] Queries =
    [
        "a goal is scored", "a yellow card is shown", "a corner kick is taken", "the players celebrate",
        "a shot misses the goal", "a substitution is made", "the price of the product is shown", "the product is taken out of the box",
    ];

    private readonly NaiveAsker _naive = new(model);
    private readonly TokenHead _every = new(model.Network);
    private readonly SuffixPass _pass = new(model.Network, new());
    private readonly List<(int Place, double Grow, double Four, double Eight)> _hops = [];
    private readonly List<double> _afresh = [];
    private (double Worst, int Best, int Choices, int Answers, int Compared) _equal;

    /// <summary>Measures.</summary>
    /// <param name="hops">Hops after the first window is full.</param>
    /// <param name="sampled">At how many of them everything is computed afresh too.</param>
    /// <param name="all">Ask all eight queries afresh, or only the first.</param>
    /// <param name="progress">Told how far it is.</param>
    public SpeedFigures Run(int hops, int sampled, bool all, Action<string> progress)
    {
        var (window, hop) = (model.Profile.WindowSeconds, model.Profile.HopSeconds);
        var pace = SearchPace.Live(window, hop, phases);
        using var engine = new GroundingEngine(model, [], checkEvery: 0);
        using var windows = engine.Open(pace, Queries);
        var warm = window / hop;
        var random = new Random(5);
        // Alike over the places between two switches, in no other order.
        var chosen = Enumerable.Range(0, sampled).Select(i => warm + (int)((i + random.NextDouble()) * hops / sampled)).ToHashSet();
        var switches = 0;
        var anchor = 0L;
        for (var i = 0; i < warm + hops; i++)
        {
            using var scope = NewDisposeScope();
            windows.Push([.. Enumerable.Range(i * hop, hop).Select(s => new FramePair(s, Patches(s)))]);
            var grow = Cpu.Of(() =>
            {
                windows.Add(engine.Encode([.. windows.Waiting.Select(p => p.Patches)]));
                engine.Grow(windows.Advance());
            });
            IReadOnlyList<WindowAnswer> answers = [];
            var four = Cpu.Of(() => engine.Ask([Asked(windows, 4)]));
            var eight = Cpu.Of(() => answers = engine.Ask([Asked(windows, 8)])[0]);
            foreach (var (query, answer) in answers.Index()) windows.Note(query, answer.Span!.Value);
            if (windows.Oldest.Anchor != anchor) switches++;
            anchor = windows.Oldest.Anchor;
            if (i < warm) continue;
            _hops.Add(((int)(windows.Oldest.End % (window / phases) / hop), grow, four, eight));
            if (!chosen.Contains(i)) continue;
            progress($"hop {i - warm} of {hops}");
            foreach (var (query, answer) in Queries.Zip(answers).Take(all ? 8 : 1)) Compare(windows.Oldest, query, answer);
        }
        return Total(switches, engine.Counters);
    }

    private SpeedFigures Total(int switches, EngineCounters counters)
    {
        var (four, eight, afresh) = (_hops.Average(h => h.Grow + h.Four), _hops.Average(h => h.Grow + h.Eight), Figures.Mean(_afresh));
        double[] places = [.. _hops.GroupBy(h => h.Place).OrderBy(g => g.Key).Select(g => Figures.Median(g.Select(h => h.Grow + h.Four)))];
        return new(
            _hops.Count, switches, _equal.Compared, 4 * afresh / four, 8 * afresh / eight, four, afresh, (eight - four) / 4 / afresh, places.Max() / Figures.Median(places), places,
            _equal.Worst, _equal.Best, _equal.Choices, _equal.Answers, counters.MeanPasses, counters.MostPasses);
    }

    private static WindowAsk Asked(StreamWindows windows, int queries) => new(windows.Oldest, Queries[..queries], [.. Enumerable.Range(0, queries).Select(windows.Guesses)]);

    // Asks afresh, and has the engine score its whole answer once more with the whole vocabulary.
    private void Compare(AnchoredWindow window, string query, WindowAnswer answer)
    {
        (string Text, List<TokenScoreRow> Choices) naive = ("", []);
        float[][] clip = [.. Enumerable.Range((int)window.Anchor, window.Pairs).Select(s => Patches(s))];
        _afresh.Add(Cpu.Of(() => naive = _naive.Ask(clip, query)));
        _equal.Compared++;
        if (naive.Text == answer.Text) _equal.Answers++;

        var question = new SpanQuestion(query, model.SuffixTokens(model.Profile.Prompt.Span(query)), model.Grammar, window.Pairs, [GroundingAnswer.Parse(naive.Text)!.Value], 1, 1);
        _pass.Read([new(window, question.Pending)], _every);
        window.Suffixes.Clear();
        question.Settle();
        foreach (var (mine, theirs) in question.Choices.Zip(naive.Choices))
        {
            _equal.Choices++;
            if (Array.IndexOf(mine.Values, mine.Values.Max()) == Array.IndexOf(theirs.Values, theirs.Values.Max())) _equal.Best++;
            var (mean, worst) = (theirs.Values.Average(), mine.Values.Zip(theirs.Values, (a, b) => (double)Math.Abs(a - b)).Max());
            _equal.Worst = Math.Max(_equal.Worst, worst / Math.Sqrt(theirs.Values.Average(v => (v - mean) * (v - mean))));
        }
    }

    private float[] Patches(int second)
    {
        var random = new Random(second);
        var patches = new float[model.PairGrid.Patches * model.Frames.PatchLength];
        for (var i = 0; i < patches.Length; i++) patches[i] = (float)(random.NextDouble() * 4 - 2);
        return patches;
    }
}
