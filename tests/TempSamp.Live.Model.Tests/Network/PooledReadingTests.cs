using System.Runtime.CompilerServices;
using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

/// <summary>Sequences in common memory are read as each by itself; on a GPU with its kernels, here with products in their place.</summary>
public sealed class PooledReadingTests : IDisposable
{
    private const int Capacity = 48;

    private readonly QwenModel _model = QwenModel.Create(TinyModel.Config(), seed: 1);
    private readonly KeyValueMemory _first, _second;

    public PooledReadingTests() => (_first, _second) = (Memory(), Memory());

    [Fact]
    public void Sequences_that_go_on_in_order_are_read_as_each_alone()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using Sequences one = Fresh(null, 3), two = Fresh(_first, 3);
        foreach (var (lengths, seed) in new[] { (new[] { 5, 9, 7 }, 1), (new[] { 2, 1, 4 }, 2) })
            Equal(Read(one, lengths, seed, masks: null), Read(two, lengths, seed, masks: null));
    }

    [Fact]
    public void Branches_behind_sequences_are_read_as_each_alone()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using Sequences one = Fresh(null, 3), two = Fresh(_first, 3);
        Equal(Read(one, [5, 9, 7], 1, masks: null), Read(two, [5, 9, 7], 1, masks: null));
        // the second pass sees what the first wrote, where its mask lets it
        foreach (var (lengths, seed) in new[] { (new[] { 4, 2, 3 }, 2), (new[] { 1, 3, 2 }, 3) })
            Equal(Read(one, lengths, seed, Branch), Read(two, lengths, seed, Branch));
    }

    [Fact]
    public void Many_branches_are_read_a_few_sequences_at_a_time()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var memory = Memory(tokens: 12_000);
        using Sequences one = Fresh(null, 2, 6000), two = Fresh(memory, 2, 6000);
        Equal(Read(one, [5, 9], 1, masks: null), Read(two, [5, 9], 1, masks: null));
        Equal(Read(one, [1500, 1400], 2, Branch), Read(two, [1500, 1400], 2, Branch));
    }

    [Fact]
    public void Sequences_in_two_memories_are_read_as_in_one()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using Sequences one = Fresh(_first, 3), two = new([Cache(_first), Cache(_second), Cache(_first)]);
        Equal(Read(one, [5, 9, 7], 1, masks: null), Read(two, [5, 9, 7], 1, masks: null));
        Equal(Read(one, [4, 2, 3], 2, Branch), Read(two, [4, 2, 3], 2, Branch));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(11)]
    public void A_pass_of_fixed_size_reads_what_a_fitting_one_reads(int tokens)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using Sequences one = Fresh(null, 1), two = Fresh(_first, 1), three = Fresh(_second, 1);
        foreach (var each in new[] { one, two, three }) Read(each, [9], 1, masks: null);
        foreach (var (masks, seed) in new[] { (Branch, 2), ((Func<int, int, Tensor>?)Branch, 3), (null, 4) })
        {
            var expected = Read(one, [tokens], seed, masks);
            Equal(expected, Read(two, [tokens], seed, masks));
            Equal(expected, Read(three, [tokens], seed, masks, fixedSize: true));
        }
    }

    [Fact]
    public void The_kernels_of_a_GPU_are_known_to_libtorch_by_the_names_and_numbers_that_are_used() =>
        RuntimeHelpers.RunClassConstructor(typeof(FusedAttention).TypeHandle);

    [Fact]
    public void Room_that_is_given_back_is_given_out_again()
    {
        using var memory = Memory(tokens: 100);
        using (var one = Cache(memory, 60))
        {
            Assert.Null(memory.Take(60));
            Assert.Equal(61, memory.Take(40));
        }
        Assert.Equal(1, memory.Take(60));
        Assert.Null(memory.Take(1));
    }

    // Tokens with an even number see those with an even number up to themselves, the others those with an odd one.
    private static Tensor Branch(int before, int tokens)
    {
        var mask = new float[tokens * (before + tokens)];
        for (var i = 0; i < tokens; i++)
            for (var j = 0; j < before + tokens; j++) mask[i * (before + tokens) + j] = j <= before + i && (before + i - j) % 2 == 0 ? 0 : float.NegativeInfinity;
        return tensor(mask, [tokens, before + tokens]);
    }

    // The caches advance where nothing branches.
    private Tensor Read(Sequences sequences, int[] lengths, int seed, Func<int, int, Tensor>? masks, bool fixedSize = false)
    {
        var random = new Generator((ulong)seed);
        var embeds = randn([lengths.Sum(), _model.Config.Text.HiddenSize], generator: random);
        var stretches = sequences.Caches.Zip(lengths, (cache, n) =>
        {
            var before = sequences.Before[cache];
            if (masks is null) return Stretch.Causal(cache, n);
            sequences.Before[cache] += n;
            return new Stretch(cache, cache.Length + before, n, masks(before, n));
        }).ToArray();
        var positions = stretches.SelectMany(s => Enumerable.Range(s.At, s.Tokens)).Select(p => (long)p).ToArray();
        var where = tensor(positions, [1, positions.Length]).expand(3, -1);
        var hidden = fixedSize ? Fixed(embeds, where, stretches[0]) : _model.Language.Read(embeds, where, stretches);
        if (masks is null)
            foreach (var (cache, n) in sequences.Caches.Zip(lengths)) (sequences.Before[cache], _) = (0, Advance(cache, n));
        return hidden;
    }

    private Tensor Fixed(Tensor embeds, Tensor positions, Stretch stretch) =>
        stretch.Cache.Memory!.Recorded.Read(_model.Language, embeds, _model.Language.Tables(positions, embeds.dtype), stretch, record: false)!;

    private static int Advance(KeyValueCache cache, int tokens)
    {
        cache.Advance(tokens);
        return tokens;
    }

    private static void Equal(Tensor expected, Tensor actual) => Assert.True(actual.allclose(expected, 1e-4, 1e-5), $"differ by {(actual - expected).abs().max().item<float>()}");

    private KeyValueMemory Memory(int tokens = 5 * Capacity) => new(_model.Config.Text, tokens, ScalarType.Float32, CPU);

    private KeyValueCache Cache(KeyValueMemory memory, int capacity = Capacity) => new(_model.Config.Text, memory, memory.Take(capacity)!.Value, capacity);

    private Sequences Fresh(KeyValueMemory? memory, int count, int capacity = Capacity) =>
        new([.. Enumerable.Range(0, count).Select(_ => memory is null ? new KeyValueCache(_model.Config.Text, 1, capacity, ScalarType.Float32, CPU) : Cache(memory, capacity))]);

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _model.Dispose();
    }

    private sealed class Sequences(KeyValueCache[] caches) : IDisposable
    {
        public KeyValueCache[] Caches { get; } = caches;

        public Dictionary<KeyValueCache, int> Before { get; } = caches.ToDictionary(c => c, _ => 0);

        public void Dispose()
        {
            foreach (var cache in Caches) cache.Dispose();
        }
    }
}
