using System.Runtime.InteropServices;
using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>
/// Reads many streams with one model: frame pairs become rows once, rows enter all windows as one batch, and all questions of all windows are read side by side.
/// Belongs to the model's thread.
/// </summary>
internal sealed class GroundingEngine : IDisposable
{
    /// <summary>Tokens that all questions together may have in a window at once; more are asked in turns.</summary>
    private const int MostRoom = 2048;

    /// <summary>How often an answer is compared with free decoding where nothing else is wanted: often enough to notice a model that left the template, too seldom to cost anything.</summary>
    private const int CheckEvery = 500;

    /// <summary>What encoding a pair takes, in readings of its tokens by one window: about four for the published models and the bundled one.</summary>
    private const double TowerUnits = 4;

    private readonly GroundingModel _model;
    private readonly SuffixPass _pass;
    private readonly WindowFeeder _feeder;
    private readonly WindowAsker _asker;
    private readonly WindowThinker _thinker;
    private readonly Lazy<KeyValuePool?> _pool;

    /// <summary>An engine on a model.</summary>
    /// <param name="model">Its weights; the caller's.</param>
    /// <param name="probes">What is asked beside the span; presence when null.</param>
    /// <param name="checkEvery">Of how many answers one is compared with free decoding; 0 for none.</param>
    public GroundingEngine(GroundingModel model, IReadOnlyList<IWindowProbe>? probes = null, int checkEvery = CheckEvery)
    {
        _model = model;
        _pool = new(() => KeyValuePool.For(model.Network));
        _pass = new(model.Network, Counters);
        _feeder = new(model, Counters);
        _asker = new(model, probes ?? [new PresenceProbe(model)], _pass, Counters, checkEvery);
        _thinker = new(model, _pass);
    }

    /// <summary>What was done so far.</summary>
    public EngineCounters Counters { get; } = new();

    /// <summary>Allocates the windows of a stream.</summary>
    /// <param name="pace">Their length and number.</param>
    /// <param name="queries">What will be asked of them, for the room that it takes.</param>
    /// <param name="thinking">Whether <see cref="Think"/> will be called.</param>
    public StreamWindows Open(SearchPace pace, IReadOnlyList<string> queries, bool thinking = false)
        => new(pace, Maker(pace, queries, thinking));

    /// <summary>Other queries are asked of a stream's windows from now on. What they have read stays, unless one query alone is too long for their room.</summary>
    public void Ask(StreamWindows windows, SearchPace pace, IReadOnlyList<string> queries, bool thinking)
    {
        var room = windows.Oldest.Cache.Capacity - _model.Layout.Length(pace.Window);
        windows.Ask(queries.Max(q => Need(q, pace, thinking)) <= room ? null : Maker(pace, queries, thinking));
    }

    private Func<AnchoredWindow> Maker(SearchPace pace, IReadOnlyList<string> queries, bool thinking)
    {
        var (network, capacity) = (_model.Network, Capacity(pace, queries, thinking));
        return () => new(_model.Layout, _pool.Value?.Rent(capacity) ?? new(network.Config.Text, 1, capacity, network.Type, network.Device));
    }

    /// <summary>What a stream will ask of this model, for its admission.</summary>
    public StreamDemand Demand(string stream, SearchPace pace, IReadOnlyList<string> queries)
    {
        var (prompt, text) = (_model.Profile.Prompt, _model.Network.Config.Text);
        var reading = (double)pace.Hop * _model.PairTokens * (Math.Max(1, pace.Phases) + TowerUnits);
        var asking = queries.Sum(q => _model.SuffixTokens(prompt.Span(q)).Length + _model.SuffixTokens(prompt.Presence(q)).Length + _model.Grammar.LongestAnswer);
        var bytes = TorchSharp.torch.ScalarType.Float32 == _model.Network.Type ? sizeof(float) : sizeof(float) / 2;
        var token = 2L * text.Layers * text.KeyValueSize * bytes;
        return new(stream, reading + asking, TimeSpan.FromSeconds(pace.Hop), Math.Max(1, pace.Phases) * Capacity(pace, queries, false) * token + (long)pace.Window * _model.PairTokens * text.HiddenSize * bytes);
    }

    private int Capacity(SearchPace pace, IReadOnlyList<string> queries, bool thinking)
    {
        var needs = queries.Select(q => Need(q, pace, thinking)).ToArray();
        return _model.Layout.Length(pace.Window) + Math.Max(needs.DefaultIfEmpty().Max(), Math.Min(needs.Sum(), MostRoom));
    }

    private int Need(string query, SearchPace pace, bool thinking) => Math.Max(_asker.Need(query, pace.Window), thinking ? _thinker.Need(query) : 0);

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
        var answers = Ask([.. hops.Select(h => new WindowAsk(h.Windows.Oldest, h.Queries, [.. h.Queries.Select((_, i) => h.Windows.Guesses(i))]))]);
        foreach (var (hop, said) in hops.Zip(answers))
            foreach (var (i, answer) in said.Index())
                if (answer.Span is { } span) hop.Windows.Note(i, span);
        return [.. hops.Zip(answers, (hop, said) => new StreamAnswers(hop.Windows.Oldest.Anchor, hop.Windows.Oldest.End, said))];
    }

    /// <inheritdoc cref="WindowFeeder.Encode"/>
    public Tensor[] Encode(IReadOnlyList<float[]> pairs) => _feeder.Encode(pairs);

    /// <inheritdoc cref="WindowFeeder.Grow"/>
    public void Grow(IReadOnlyList<WindowGrowth> windows) => _feeder.Grow(windows);

    /// <inheritdoc cref="WindowAsker.Ask"/>
    public IReadOnlyList<IReadOnlyList<WindowAnswer>> Ask(IReadOnlyList<WindowAsk> asks) => _asker.Ask(asks);

    /// <inheritdoc cref="WindowThinker.Think"/>
    public IReadOnlyList<WindowAnswer> Think(AnchoredWindow window, IReadOnlyList<string> queries) => _thinker.Think(window, queries);

    /// <inheritdoc/>
    public void Dispose()
    {
        _feeder.Dispose();
        _asker.Dispose();
        _thinker.Dispose();
        if (_pool.IsValueCreated) _pool.Value?.Dispose();
    }
}
