using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Each sequence by itself: best on the processor, where an operation costs nothing to begin.</summary>
/// <remarks>Keys of earlier tokens are read where they lie, once for all tokens of a stretch, and the query heads that share keys are rows of one product.</remarks>
internal sealed class StretchAttention(QwenTextConfig config, IEnumerable<Stretch> stretches, ScalarType type, Device device) : IPassAttention
{
    private readonly Stretch[] _stretches = [.. stretches.Select(s => s.Folded(config.Heads / config.KeyValueHeads, type, device))];

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor turned, Tensor values)
    {
        // N new tokens, n those of a stretch, T all tokens of its cache, H query heads, K key/value heads, G = H / K, D head dim
        var (heads, shared, width, groups) = (config.Heads, config.KeyValueHeads, config.HeadDim, config.Heads / config.KeyValueHeads);
        var mixed = empty([turned.shape[0], heads * width], turned.dtype, turned.device);                                                      // [N, HD]
        long at = 0;
        foreach (var stretch in _stretches)
        {
            var n = stretch.Tokens;
            var own = turned.narrow(0, at, n);
            var (key, value) = stretch.Cache.Write(layer, stretch.At, own.narrow(1, heads, shared).transpose(0, 1), values.narrow(0, at, n).transpose(0, 1));     // [K, T, D]
            var query = own.narrow(1, 0, heads).view(n, shared, groups, width).permute(1, 2, 0, 3).reshape(1, shared, groups * n, width);                          // [1, K, G*n, D]
            var seen = Attention.Read(query, key.unsqueeze(0), value.unsqueeze(0), stretch.Apart, stretch.Mask);                                                  // [1, K, G*n, D]
            mixed.narrow(0, at, n).view(n, shared, groups, width).copy_(seen.view(shared, groups, n, width).permute(2, 0, 1, 3));
            at += n;
        }
        return mixed;
    }
}
