using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>What the model knows of one stream: rows of its newest seconds, and windows that begin at staggered anchors.</summary>
/// <remarks>
/// Anchors lie every window / phases seconds. A window is begun at its anchor, grows to its full length, and then makes room for the next one; the oldest answers, so
/// what is asked about is never shorter than (phases - 1) / phases of the full length once the stream has run so long. With no phases there is one window, which is
/// read afresh each time and is as long as it can be: for files. Belongs to the model's thread.
/// </remarks>
internal sealed class StreamWindows : IDisposable
{
    /// <summary>Different answers that are kept as guesses.</summary>
    private const int MostTold = 64;

    private readonly SearchPace _pace;
    private AnchoredWindow[] _windows;
    private readonly FeatureRing _features;
    private readonly List<FramePair> _waiting = [];
    private readonly List<Told> _answers = [];                      // the newest first
    private readonly HashSet<int> _steady = [];                     // queries that were answered alike twice
    private int _oldest;

    /// <summary>Allocates the windows.</summary>
    /// <param name="pace">Length and phases.</param>
    /// <param name="make">Makes one window.</param>
    public StreamWindows(SearchPace pace, Func<AnchoredWindow> make)
    {
        _pace = pace;
        _features = new(pace.Window);
        _windows = [.. Enumerable.Range(0, Math.Max(1, pace.Phases)).Select(_ => make())];
    }

    /// <summary>The window that answers.</summary>
    public AnchoredWindow Oldest => _windows[_oldest];

    /// <summary>Windows begun so far.</summary>
    public long Begun { get; private set; }

    /// <summary>Pairs that have not been turned into rows yet.</summary>
    public IReadOnlyList<FramePair> Waiting => _waiting;

    /// <summary>Takes pairs of later seconds.</summary>
    public void Push(IEnumerable<FramePair> pairs) => _waiting.AddRange(pairs);

    /// <summary>Takes over the rows of the pairs that waited; see <see cref="FeatureRing.Add"/>.</summary>
    public void Add(IEnumerable<Tensor> rows)
    {
        foreach (var (pair, row) in _waiting.Zip(rows)) _features.Add(pair.Second, row);
        _waiting.Clear();
    }

    /// <summary>Begins the windows that are due.</summary>
    /// <returns>Every window that has not read all seconds, with the rows that it must read.</returns>
    public IReadOnlyList<WindowGrowth> Advance()
    {
        var (from, end) = (_features.From, _features.End);
        if (_features.Count == 0) return [];
        if (_pace.Phases == 0)
        {
            Begin(0, _features.Start);
            return [new(Oldest, _features.Rows(Oldest.End))];
        }
        // Anchor m is at from + m * window / phases. The oldest that still holds the newest second answers.
        var oldest = Math.Max(0, ((end - _pace.Window - from) * _pace.Phases + _pace.Window - 1) / _pace.Window);
        _oldest = (int)(oldest % _pace.Phases);
        var behind = new List<WindowGrowth>();
        for (var m = oldest; from + m * _pace.Window / _pace.Phases is var anchor && anchor < end; m++)
        {
            var slot = (int)(m % _pace.Phases);
            var window = _windows[slot];
            if (window.Pairs == 0 || window.Anchor != anchor || window.End < _features.Start) Begin(slot, anchor);
            if (window.End < end) behind.Add(new(window, _features.Rows(window.End)));
        }
        return behind;
    }

    /// <summary>
    /// Answers to expect from the oldest window, in its seconds: what was said of the query last, the newest hop, in which something new may have begun, what else was said of the
    /// query, then of others, the newest first.
    /// </summary>
    public AnswerGuesses Guesses(int query)
    {
        AnswerSpan[] plain = [new(Oldest.Pairs - _pace.Hop, Oldest.Pairs), new(0, Oldest.Pairs)];
        var told = _answers.ToLookup(a => a.Query == query, a => new AnswerSpan(a.Span.Start - Oldest.Anchor, a.Span.End - Oldest.Anchor));
        var all = told[true].Take(1).Append(plain[0]).Concat(told[true].Skip(1)).Concat(told[false]).Append(plain[1]);
        var inside = all.Select(s => new AnswerSpan(Math.Max(0, s.Start), Math.Min(s.End, Oldest.Pairs)));
        return new([.. inside.Where(s => s.Start < s.End)], _steady.Contains(query));
    }

    /// <summary>Notes what the oldest window said of a query.</summary>
    public void Note(int query, AnswerSpan span)
    {
        var told = new Told(query, new(span.Start + Oldest.Anchor, span.End + Oldest.Anchor));
        if (_answers.FirstOrDefault(a => a.Query == query) == told) _steady.Add(query);
        else _steady.Remove(query);
        _answers.Remove(told);
        _answers.Insert(0, told);
        if (_answers.Count > MostTold) _answers.RemoveAt(MostTold);
    }

    /// <summary>Other queries are asked from now on: answers so far are no guesses for them.</summary>
    /// <param name="make">Makes windows with room for them, which read the kept seconds anew; null where those that are there have it.</param>
    public void Ask(Func<AnchoredWindow>? make)
    {
        _answers.Clear();
        _steady.Clear();
        if (make is null) return;
        foreach (var window in _windows) window.Dispose();
        _windows = [.. _windows.Select(_ => make())];
    }

    /// <summary>Gives up what waits and what the windows hold: they are begun again from the rows of the seconds that are kept.</summary>
    public void Forget()
    {
        _waiting.Clear();
        foreach (var window in _windows) window.Reset(0);
    }

    private void Begin(int slot, long anchor)
    {
        _windows[slot].Reset(anchor);
        Begun++;
    }

    // An answer in seconds of the stream.
    private readonly record struct Told(int Query, AnswerSpan Span);

    /// <inheritdoc/>
    public void Dispose()
    {
        _features.Dispose();
        foreach (var window in _windows) window.Dispose();
    }
}

/// <summary>What a window must read.</summary>
/// <param name="Window">The window.</param>
/// <param name="Pairs">Rows [tokens, D] of the seconds behind its end.</param>
internal readonly record struct WindowGrowth(AnchoredWindow Window, IReadOnlyList<Tensor> Pairs);
