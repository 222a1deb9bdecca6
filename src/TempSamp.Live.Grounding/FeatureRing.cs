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

    /// <summary>The second after the last one held.</summary>
    public long End { get; private set; }

    /// <summary>Seconds held.</summary>
    public int Count => _rows.Count;

    /// <summary>Takes over the rows of a later second. A hole before it is filled with the last picture; a hole as long as the window starts afresh.</summary>
    public void Add(long second, Tensor rows)
    {
        if (_newest is null || second - End >= window) Clear();
        else
            while (End < second) Append(_newest.alias().DetachFromDisposeScope());
        End = second;
        Append(rows);
    }

    /// <summary>All rows in order, [Count * tokens, D], in the current dispose scope.</summary>
    public Tensor All() => cat([.. _rows], 0);

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
