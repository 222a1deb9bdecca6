using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>Rows of the newest frame pairs, without holes: second after second, at most one window long.</summary>
/// <param name="window">Most seconds that are kept.</param>
internal sealed class FeatureRing(int window) : IDisposable
{
    private readonly Queue<Tensor> _rows = new();           // each [tokens, D]
    private Tensor? _newest;

    /// <summary>First second held.</summary>
    public long Start => End - _rows.Count;

    /// <summary>First second since the last hole that was too long to fill; it may have been let go meanwhile.</summary>
    public long From { get; private set; }

    /// <summary>The second after the last one held.</summary>
    public long End { get; private set; }

    /// <summary>Seconds held.</summary>
    public int Count => _rows.Count;

    /// <summary>Takes over the rows of a later second. A hole before it is filled with the last picture; a hole as long as the window starts afresh.</summary>
    public void Add(long second, Tensor rows)
    {
        if (_newest is null || second - End >= window)
        {
            Clear();
            From = second;
        }
        else
            while (End < second) Append(_newest.alias().DetachFromDisposeScope());
        End = second;
        Append(rows);
    }

    /// <summary>Rows of each second from <paramref name="second"/> on, [tokens, D] each; the ring keeps them.</summary>
    public IReadOnlyList<Tensor> Rows(long second) => [.. _rows.Skip((int)(second - Start))];

    private void Append(Tensor rows)
    {
        _rows.Enqueue(rows);
        _newest = rows;
        End++;
        if (_rows.Count > window) _rows.Dequeue().Dispose();
    }

    private void Clear()
    {
        while (_rows.TryDequeue(out var rows)) rows.Dispose();
        _newest = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();
}
