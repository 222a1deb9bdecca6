using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Keys and values of everything the decoder has read so far; only ever appended to.</summary>
/// <remarks>
/// Because nothing in it is changed or moved, continuing from a cache equals running the model from scratch on the whole sequence.
/// Buffers are allocated once at full length. For inference only: gradients do not flow through it. The room behind the held tokens serves as scratch:
/// what is written there without <see cref="Advance"/> is seen by that pass only, and the next tokens overwrite it.
/// </remarks>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] _keys;            // per layer [B*K, capacity, D]
    private readonly Tensor[] _values;

    /// <summary>Room for <paramref name="capacity"/> tokens in each of <paramref name="rows"/> rows.</summary>
    public KeyValueCache(QwenTextConfig config, int rows, int capacity, ScalarType type, Device device)
    {
        (Rows, Capacity) = (rows, capacity);
        Tensor Buffer(int _) => empty([(long)rows * config.KeyValueHeads, capacity, config.HeadDim], type, device).DetachFromDisposeScope();
        _keys = [.. Enumerable.Range(0, config.Layers).Select(Buffer)];
        _values = [.. Enumerable.Range(0, config.Layers).Select(Buffer)];
    }

    /// <summary>One sequence in a run of places of common memory.</summary>
    internal KeyValueCache(QwenTextConfig config, KeyValueMemory memory, int begin, int capacity)
    {
        (Rows, Capacity, Memory, Begin) = (1, capacity, memory, begin);
        using var scope = NewDisposeScope();
        Tensor Part(Tensor all) => all.narrow(0, begin, capacity).transpose(0, 1).DetachFromDisposeScope();
        _keys = [.. Enumerable.Range(0, config.Layers).Select(layer => Part(memory.Keys(layer)))];
        _values = [.. Enumerable.Range(0, config.Layers).Select(layer => Part(memory.Values(layer)))];
    }

    /// <summary>The common memory that it lies in; null where it has its own.</summary>
    internal KeyValueMemory? Memory { get; }

    /// <summary>Place of its first token there.</summary>
    internal int Begin { get; }

    /// <summary>Batch rows.</summary>
    public int Rows { get; }

    /// <summary>Most tokens a row can hold.</summary>
    public int Capacity { get; }

    /// <summary>Tokens held by every row, padding included.</summary>
    public int Length { get; private set; }

    /// <summary>Writes the new tokens of one layer behind the old ones.</summary>
    /// <param name="layer">Which layer.</param>
    /// <param name="key">[B*K, S, D].</param>
    /// <param name="value">[B*K, S, D].</param>
    /// <returns>All keys and values so far, [B*K, Length + S, D] each, as views of the buffers.</returns>
    internal (Tensor Key, Tensor Value) Append(int layer, Tensor key, Tensor value)
    {
        var count = key.shape[1];
        if (Length + count > Capacity)
            throw new ModelException($"A key/value cache of {Capacity} tokens holds {Length} and cannot take {count} more. Make it larger.");
        _keys[layer].narrow(1, Length, count).copy_(key);
        _values[layer].narrow(1, Length, count).copy_(value);
        return (_keys[layer].narrow(1, 0, Length + count), _values[layer].narrow(1, 0, Length + count));
    }

    /// <summary>Counts tokens that every layer has written behind the old ones.</summary>
    public void Advance(int tokens) => Length += tokens;

    /// <summary>Writes tokens of one layer at a place of their own, in a cache of one row.</summary>
    /// <param name="layer">Which layer.</param>
    /// <param name="at">Place of the first.</param>
    /// <param name="key">[K, S, D].</param>
    /// <param name="value">[K, S, D].</param>
    /// <returns>All keys and values up to the last written one, [K, at + S, D] each, as views of the buffers.</returns>
    internal (Tensor Key, Tensor Value) Write(int layer, int at, Tensor key, Tensor value)
    {
        var count = key.shape[1];
        _keys[layer].narrow(1, at, count).copy_(key);
        _values[layer].narrow(1, at, count).copy_(value);
        return (_keys[layer].narrow(1, 0, at + count), _values[layer].narrow(1, 0, at + count));
    }

    /// <summary>Forgets all tokens; the buffers stay.</summary>
    public void Clear() => Length = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _keys.Concat(_values)) buffer.Dispose();
        Memory?.Return(Begin);
    }
}
