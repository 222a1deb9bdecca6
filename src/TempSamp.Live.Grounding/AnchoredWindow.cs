using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>The clip [anchor, now] as the decoder has read it: keys and values that only grow, in memory that is allocated once.</summary>
/// <remarks>
/// Nothing is ever dropped from its beginning or turned to other positions, so what is asked of it is answered as by the model run from scratch on that clip.
/// The room behind the clip is scratch for the questions.
/// </remarks>
internal sealed class AnchoredWindow(WindowLayout layout, KeyValueCache cache) : IDisposable
{
    /// <summary>First second of the clip.</summary>
    public long Anchor { get; private set; }

    /// <summary>The second after the last one that was read.</summary>
    public long End { get; private set; }

    /// <summary>Seconds read.</summary>
    public int Pairs => (int)(End - Anchor);

    /// <summary>Keys and values.</summary>
    public KeyValueCache Cache => cache;

    /// <summary>What questions have read in the scratch room.</summary>
    public SuffixTree Suffixes { get; } = new();

    /// <summary>Tokens that questions can have in it.</summary>
    public int Room => cache.Capacity - cache.Length;

    /// <summary>Position of the first token behind the clip.</summary>
    public long Next => layout.NextAfter(Pairs);

    /// <summary>Begins a new clip. The memory stays.</summary>
    public void Reset(long anchor)
    {
        cache.Clear();
        Suffixes.Clear();
        (Anchor, End) = (anchor, anchor);
    }

    /// <summary>Counts tokens that a pass has read, and the seconds that are complete with them.</summary>
    public void Grow(int tokens, int pairs)
    {
        cache.Advance(tokens);
        End += pairs;
    }

    /// <inheritdoc/>
    public void Dispose() => cache.Dispose();
}
