using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Sequences in common memory that go on in order: one kernel a layer for all of them.</summary>
internal sealed class CausalAttention : IPassAttention
{
    private readonly KeyValueMemory _memory;
    private readonly RangesOnDevice _ranges;
    private readonly Tensor _places;            // [N]
    private readonly int _heads;

    /// <summary>Prepares a pass over stretches of one memory.</summary>
    public CausalAttention(QwenTextConfig config, KeyValueMemory memory, IReadOnlyList<Stretch> stretches, Device device)
    {
        (_memory, _heads) = (memory, config.Heads);
        _ranges = new KeyRanges([.. stretches.Select(s => s.Tokens)], [.. stretches.Select(s => s.Cache.Begin)], [.. stretches.Select(s => s.At + s.Tokens)]).On(device);
        _places = tensor(Places(stretches), device: device);
    }

    /// <summary>Where the new tokens' keys and values go, [N].</summary>
    public static long[] Places(IEnumerable<Stretch> stretches) =>
        [.. stretches.SelectMany(s => Enumerable.Range(s.Cache.Begin + s.At, s.Tokens).Select(place => (long)place))];

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor turned, Tensor values)
    {
        _memory.Write(layer, _places, turned.narrow(1, _heads, values.shape[1]), values);
        return FusedAttention.Ranges(turned.narrow(1, 0, _heads), _memory.Keys(layer), _memory.Values(layer), _ranges, isCausal: true).Seen.reshape(turned.shape[0], -1);
    }
}
