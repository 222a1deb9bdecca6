using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Keys and values of many sequences side by side, so that one operation can reach all of them: how a GPU serves many windows at once.</summary>
/// <remarks>Each sequence has a run of places of its own; place 0 belongs to none and takes what is computed only to fill up a pass.</remarks>
internal sealed class KeyValueMemory : IDisposable
{
    /// <summary>Places at the end that no sequence gets: whoever reads whole steps of keys may read so far past the last.</summary>
    public const int Slack = 1024;

    private readonly Tensor[] _keys;            // per layer [places, K, D]
    private readonly Tensor[] _values;
    private readonly SortedList<int, int> _taken = [];      // begin of each run -> its end

    /// <summary>Allocates room for so many tokens.</summary>
    public KeyValueMemory(QwenTextConfig config, int tokens, ScalarType type, Device device)
    {
        Tokens = tokens;
        Recorded = new(config, this);
        // Zeros: what nobody has written yet is hidden by masks, but not-a-number times nothing is not nothing.
        Tensor Buffer(int _) => zeros([1 + (long)tokens + Slack, config.KeyValueHeads, config.HeadDim], type, device).DetachFromDisposeScope();
        _keys = [.. Enumerable.Range(0, config.Layers).Select(Buffer)];
        _values = [.. Enumerable.Range(0, config.Layers).Select(Buffer)];
    }

    /// <summary>Tokens that fit in.</summary>
    public int Tokens { get; }

    /// <summary>Passes over its sequences that were recorded.</summary>
    public RecordedPasses Recorded { get; }

    /// <summary>Keys of one layer, [places, K, D].</summary>
    public Tensor Keys(int layer) => _keys[layer];

    /// <summary>Values of one layer, [places, K, D].</summary>
    public Tensor Values(int layer) => _values[layer];

    /// <summary>Finds a run of places.</summary>
    /// <returns>Its first; null where no gap is so long.</returns>
    public int? Take(int tokens)
    {
        var begin = 1;
        foreach (var (from, end) in _taken)
        {
            if (from - begin >= tokens) break;
            begin = end;
        }
        if (begin + tokens > 1 + Tokens) return null;
        _taken.Add(begin, begin + tokens);
        return begin;
    }

    /// <summary>Gives a run back.</summary>
    public void Return(int begin) => _taken.Remove(begin);

    /// <summary>Writes keys and values [N, K, D] of one layer to places [N].</summary>
    public void Write(int layer, Tensor places, Tensor key, Tensor value)
    {
        _keys[layer].index_copy_(0, places, key);
        _values[layer].index_copy_(0, places, value);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Recorded.Dispose();
        foreach (var buffer in _keys.Concat(_values)) buffer.Dispose();
    }
}
