using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Which keys of a common memory each sequence of queries reads.</summary>
/// <param name="Queries">Queries of each sequence, one after the other, [S].</param>
/// <param name="From">Place of the first key, [S].</param>
/// <param name="Count">How many keys, [S].</param>
internal sealed record KeyRanges(int[] Queries, int[] From, int[] Count)
{
    /// <summary>The same, each query a sequence of its own.</summary>
    public KeyRanges Single()
    {
        int[] Each(int[] of) => [.. Queries.SelectMany((n, i) => Enumerable.Repeat(of[i], n))];
        return new([.. Enumerable.Repeat(1, Queries.Sum())], Each(From), Each(Count));
    }

    /// <summary>The same on a device.</summary>
    public RangesOnDevice On(Device device)
    {
        var begins = new int[Queries.Length + 1];
        for (var i = 0; i < Queries.Length; i++) begins[i + 1] = begins[i] + Queries[i];
        return new(tensor(begins, device: device), tensor([.. From, 0], device: device), tensor(Count, device: device), empty([Queries.Max(), 0]), empty([Count.Max(), 0]));
    }
}

/// <summary>Ranges as the kernel takes them: where the queries of each sequence begin and the last end [S + 1], where its keys begin [S + 1], how many they are [S], int32.</summary>
/// <param name="Begins">[S + 1].</param>
/// <param name="From">[S + 1], the last of no meaning.</param>
/// <param name="Count">[S].</param>
/// <param name="MostQueries">Empty, as long as the longest sequence of queries: how numbers are handed to a script, see <see cref="KeptScalar"/>.</param>
/// <param name="MostKeys">Empty, as long as the longest range.</param>
internal sealed record RangesOnDevice(Tensor Begins, Tensor From, Tensor Count, Tensor MostQueries, Tensor MostKeys)
{
    /// <summary>All of them.</summary>
    public IEnumerable<Tensor> Tensors => [Begins, From, Count, MostQueries, MostKeys];
}

/// <summary>The fused attention kernels of a GPU that TorchSharp does not bind, reached through TorchScript; plain products elsewhere, for tests.</summary>
/// <remarks>
/// The kernel for sequences of unequal length takes the place where the keys of each begin, and how many they are. The places need not follow each other, so it reads
/// sequences where they lie in a common memory, and unlike the kernel behind <c>scaled_dot_product_attention</c> it plans nothing anew when lengths change.
/// </remarks>
internal static class FusedAttention
{
    private static readonly ConcurrentDictionary<string, bool> Tried = new();

    private static readonly jit.CompilationUnit Script = jit.compile("""
        def ranges(query: Tensor, keys: Tensor, values: Tensor, begins: Tensor, places: Tensor, count: Tensor, queries: Tensor, most: Tensor) -> List[Tensor]:
            seen, sums, a, b, c = torch._flash_attention_forward(query, keys, values, begins, places, queries.size(0), most.size(0), 0.0, False, False, seqused_k=count)
            return [seen, sums]

        def causal(query: Tensor, keys: Tensor, values: Tensor, begins: Tensor, places: Tensor, count: Tensor, queries: Tensor, most: Tensor) -> List[Tensor]:
            seen, sums, a, b, c = torch._flash_attention_forward(query, keys, values, begins, places, queries.size(0), most.size(0), 0.0, True, False, seqused_k=count)
            return [seen, sums]

        def masked(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> List[Tensor]:
            seen, sums, a, b = torch._scaled_dot_product_efficient_attention(query, key, value, mask, True)
            return [seen, sums]

        """);

    /// <summary>Whether a device has the kernels for a type: tried once with a few numbers.</summary>
    public static bool Runs(ScalarType type, Device device) => type == ScalarType.BFloat16 && device.type == DeviceType.CUDA && Tried.GetOrAdd(device.ToString(), _ => Try(type, device));

    /// <summary>Queries that see a run of keys each, and the logarithms of the sums of their exponentials.</summary>
    /// <param name="query">[N, H, D], the sequences one after the other.</param>
    /// <param name="keys">[places, K, D].</param>
    /// <param name="values">[places, K, D].</param>
    /// <param name="ranges">Which keys.</param>
    /// <param name="isCausal">Whether the last query of a sequence sees its last key, the one before it one less, and so on.</param>
    /// <returns>[N, H, D] and [N, H] float32.</returns>
    public static (Tensor Seen, Tensor Sums) Ranges(Tensor query, Tensor keys, Tensor values, RangesOnDevice ranges, bool isCausal)
    {
        if (query.device_type != DeviceType.CUDA) return Plain(query, keys, values, ranges, isCausal);
        var outcome = (Tensor[])Script.invoke(isCausal ? "causal" : "ranges", query, keys, values, ranges.Begins, ranges.From, ranges.Count, ranges.MostQueries, ranges.MostKeys);
        return (outcome[0], outcome[1].t());
    }

    /// <summary>Queries that see what a mask lets them.</summary>
    /// <param name="query">[S, K, Q, D].</param>
    /// <param name="key">[S, K, T, D], T whole eights.</param>
    /// <param name="value">[S, K, T, D].</param>
    /// <param name="mask">Added to the scores, [S, K, Q, T]; may repeat over K without a copy.</param>
    /// <returns>[S, K, Q, D] and the logarithms of the sums of exponentials, [S, K, Q] float32. What sees nothing gives no number.</returns>
    public static (Tensor Seen, Tensor Sums) Masked(Tensor query, Tensor key, Tensor value, Tensor mask)
    {
        if (query.device_type == DeviceType.CUDA)
        {
            var outcome = (Tensor[])Script.invoke("masked", query, key, value, mask);
            return (outcome[0], outcome[1].narrow(-1, 0, query.shape[2]));
        }
        var scores = query.matmul(key.transpose(2, 3)) * KeptScalar.Of(1 / Math.Sqrt(query.shape[^1])) + mask;
        return (scores.softmax(-1).matmul(value), scores.to(ScalarType.Float32).logsumexp(-1));
    }

    private static bool Try(ScalarType type, Device device)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var quiet = inference_mode();
            var some = zeros([8, 2, 64], type, device);
            Ranges(some, some, some, new KeyRanges([8], [0], [8]).On(device), isCausal: false);
            return true;
        }
        catch (Exception e) when (e is ExternalException or InvalidOperationException)
        {
            return false;
        }
    }

    private static (Tensor, Tensor) Plain(Tensor query, Tensor keys, Tensor values, RangesOnDevice ranges, bool isCausal)
    {
        var (begins, from, count) = (ranges.Begins.data<int>().ToArray(), ranges.From.data<int>().ToArray(), ranges.Count.data<int>().ToArray());
        var (heads, shared, width) = (query.shape[1], keys.shape[1], query.shape[2]);
        var (seen, sums) = (new List<Tensor>(), new List<Tensor>());
        for (var i = 0; i < count.Length; i++)
        {
            var n = begins[i + 1] - begins[i];
            var own = query.narrow(0, begins[i], n).view(n, shared, heads / shared, width).permute(1, 2, 0, 3);                              // [K, G, n, D]
            var (key, value) = (keys.narrow(0, from[i], count[i]).permute(1, 2, 0).unsqueeze(1), values.narrow(0, from[i], count[i]).transpose(0, 1).unsqueeze(1));
            var scores = own.matmul(key) * KeptScalar.Of(1 / Math.Sqrt(width));                                                       // [K, G, n, T]
            if (isCausal) scores = scores + full([n, count[i]], KeptScalar.Of(double.NegativeInfinity), query.dtype, query.device).triu_(count[i] - n + 1);
            seen.Add(scores.softmax(-1).matmul(value).permute(2, 0, 1, 3).reshape(n, heads, width));
            sums.Add(scores.to(ScalarType.Float32).logsumexp(-1).permute(2, 0, 1).reshape(n, heads));
        }
        return (cat(seen, 0), cat(sums, 0));
    }
}
