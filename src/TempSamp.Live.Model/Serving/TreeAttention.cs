using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Sequences in common memory whose new tokens are branches: what every token sees is read by one kernel for all sequences, the branches by another, and the two are merged.</summary>
/// <remarks>
/// With parts a, b and the logarithms l_a, l_b of their sums of exponentials the whole is b + sigmoid(l_a - l_b) (a - b), as one softmax over both would give. Branches of several
/// sequences are filled up to the longest, few enough at a time that little is filled up.
/// </remarks>
internal sealed class TreeAttention : IPassAttention
{
    /// <summary>Most scores of one head that a product computes, filled-up ones included.</summary>
    private const long MostScores = 1 << 22;

    /// <summary>Up to so many tokens each is a sequence of its own: then the kernel splits the keys among the whole device.</summary>
    private const int FewTokens = 64;

    private readonly QwenTextConfig _config;
    private readonly KeyValueMemory _memory;
    private readonly RangesOnDevice _held;
    private readonly Tensor _places;            // [N]
    private readonly List<Branches> _branches = [];

    /// <summary>Prepares a pass over stretches of one memory, each of which holds something.</summary>
    public TreeAttention(QwenTextConfig config, KeyValueMemory memory, IReadOnlyList<Stretch> stretches, ScalarType type, Device device)
    {
        (_config, _memory) = (config, memory);
        var held = new KeyRanges([.. stretches.Select(s => s.Tokens)], [.. stretches.Select(s => s.Cache.Begin)], [.. stretches.Select(s => s.Cache.Length)]);
        _held = (stretches.Sum(s => s.Tokens) <= FewTokens ? held.Single() : held).On(device);
        _places = tensor(CausalAttention.Places(stretches), device: device);
        for (var done = 0; done < stretches.Count;)
        {
            var count = 1;
            while (done + count < stretches.Count && Scores(stretches.Skip(done).Take(count + 1)) <= MostScores) count++;
            _branches.Add(new(config, [.. stretches.Skip(done).Take(count)], type, device));
            done += count;
        }
    }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor turned, Tensor values)
    {
        var (keys, all) = (_memory.Keys(layer), _memory.Values(layer));
        _memory.Write(layer, _places, turned.narrow(1, _config.Heads, values.shape[1]), values);
        var query = turned.narrow(1, 0, _config.Heads);                                                     // [N, H, D]
        var (held, heldSums) = FusedAttention.Ranges(query, keys, all, _held, isCausal: false);
        var parts = new List<(Tensor Seen, Tensor Sums)>();
        long at = 0;
        foreach (var branches in _branches)
        {
            parts.Add(branches.Read(query.narrow(0, at, branches.Tokens), keys, all));
            at += branches.Tokens;
        }
        var (seen, sums) = parts is [var only] ? only : (cat([.. parts.Select(p => p.Seen)], 0), cat([.. parts.Select(p => p.Sums)], 0));
        return lerp(seen, held, (heldSums - sums).sigmoid_().unsqueeze(-1).In(seen.dtype)).reshape(turned.shape[0], -1);
    }

    private static long Scores(IEnumerable<Stretch> stretches)
    {
        var (count, tokens, width) = (0L, 0L, 0L);
        foreach (var s in stretches) (count, tokens, width) = (count + 1, Math.Max(tokens, s.Tokens), Math.Max(width, Width(s)));
        return count * tokens * width;
    }

    // Places behind what a sequence holds that its new tokens may see.
    private static int Width(Stretch stretch) => stretch.At + stretch.Tokens - stretch.Cache.Length;

    /// <summary>The branches of a few sequences, filled up to one length.</summary>
    private sealed class Branches
    {
        private readonly QwenTextConfig _config;
        private readonly int _count;
        private readonly int _most;             // tokens of the longest
        private readonly int _width;            // keys of the longest, in whole eights
        private readonly Tensor _keys;          // places of the keys, [S * width]
        private readonly Tensor? _spread;       // token at each filled-up row, [S * most]; null where nothing is filled up
        private readonly Tensor? _gathered;     // filled-up row of each token, [N]
        private readonly Tensor _mask;          // [S, K, G * most, width], the same for each K

        public Branches(QwenTextConfig config, Stretch[] stretches, ScalarType type, Device device)
        {
            (_config, _count) = (config, stretches.Length);
            (_most, _width) = (stretches.Max(s => s.Tokens), (stretches.Max(Width) + 7) / 8 * 8);
            Tokens = stretches.Sum(s => s.Tokens);
            _keys = tensor([.. stretches.SelectMany(s => Enumerable.Range(0, _width).Select(i => i < Width(s) ? s.Cache.Begin + s.Cache.Length + i : 0L))], device: device);
            if (Tokens < (long)_count * _most)
            {
                var (spread, gathered, at) = (new List<long>(), new List<long>(), 0);
                foreach (var (i, s) in stretches.Index())
                {
                    spread.AddRange(Enumerable.Range(0, _most).Select(row => (long)at + Math.Min(row, s.Tokens - 1)));
                    gathered.AddRange(Enumerable.Range(0, s.Tokens).Select(row => (long)i * _most + row));
                    at += s.Tokens;
                }
                (_spread, _gathered) = (tensor(spread.ToArray(), device: device), tensor(gathered.ToArray(), device: device));
            }
            var mask = full([_count, _most, _width], KeptScalar.Of(double.NegativeInfinity), type, device);
            foreach (var (i, s) in stretches.Index()) s.WriteMask(mask[i].narrow(0, 0, s.Tokens).narrow(1, 0, Width(s)));
            var groups = config.Heads / config.KeyValueHeads;
            _mask = mask.unsqueeze(1).repeat(1, groups, 1, 1).view(_count, 1, groups * _most, _width).expand(-1, config.KeyValueHeads, -1, -1);
        }

        /// <summary>N, of all sequences.</summary>
        public int Tokens { get; }

        /// <summary>[N, H, D] -> [N, H, D] and [N, H].</summary>
        public (Tensor Seen, Tensor Sums) Read(Tensor query, Tensor keys, Tensor values)
        {
            // S sequences, n tokens of the longest, T keys of the longest, H query heads, K key/value heads, G = H / K, D head dim
            var (heads, shared, width, groups) = (_config.Heads, _config.KeyValueHeads, _config.HeadDim, _config.Heads / _config.KeyValueHeads);
            var rows = (_spread is null ? query : query.index_select(0, _spread)).view(_count, _most, shared, groups, width)
                .permute(0, 2, 3, 1, 4).reshape(_count, shared, groups * _most, width);                                                 // [S, K, G*n, D]
            var (seen, sums) = FusedAttention.Masked(rows, Own(keys), Own(values), _mask);
            seen = seen.reshape(_count, shared, groups, _most, width).permute(0, 3, 1, 2, 4).reshape(-1, heads, width);                 // [S*n, H, D]
            sums = sums.reshape(_count, shared, groups, _most).permute(0, 3, 1, 2).reshape(-1, heads);                                  // [S*n, H]
            return _gathered is null ? (seen, sums) : (seen.index_select(0, _gathered), sums.index_select(0, _gathered));
        }

        // [places, K, D] -> [S, K, T, D]
        private Tensor Own(Tensor all) => all.index_select(0, _keys).view(_count, _width, _config.KeyValueHeads, _config.HeadDim).transpose(1, 2);
    }
}
