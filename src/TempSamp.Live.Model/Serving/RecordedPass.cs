using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>
/// A pass of fixed size over one sequence in common memory: few tokens, filled up, over whole steps of keys, most of them hidden. Everything that differs between two such passes is in
/// tensors that are filled in place, so the launches can be recorded once.
/// </summary>
internal sealed class RecordedPass : IPassAttention, IDisposable
{
    private static readonly Scalar Hidden = KeptScalar.Of(double.NegativeInfinity);

    private readonly LanguageModel _language;
    private readonly QwenTextConfig _config;
    private readonly KeyValueMemory _memory;
    private readonly int _tokens;
    private readonly int _keys;
    private readonly Tensor _embeds;            // [N, HD]
    private readonly Rotary _tables;            // [N, 1, D]
    private readonly Tensor _places;            // [N]: where keys and values go
    private readonly Tensor _read;              // [T]: where they are read from
    private readonly Tensor _steps;             // [T]: 0, 1, 2, ...
    private readonly Tensor _mask;              // [1, G*N, T]
    private readonly RecordedLaunches _launches;

    /// <summary>Allocates a pass of so many tokens over so many keys.</summary>
    public RecordedPass(LanguageModel language, QwenTextConfig config, KeyValueMemory memory, int tokens, int keys, ScalarType type, Device device)
    {
        (_language, _config, _memory, _tokens, _keys) = (language, config, memory, tokens, keys);
        Tensor Kept(Tensor one) => one.DetachFromDisposeScope();
        _embeds = Kept(zeros([tokens, config.HiddenSize], type, device));
        _tables = new(Kept(zeros([tokens, 1, config.HeadDim], type, device)), Kept(zeros([tokens, 1, config.HeadDim], type, device)));
        _places = Kept(zeros([tokens], ScalarType.Int64, device));
        _steps = Kept(arange(keys, ScalarType.Int64, device));
        _read = Kept(zeros_like(_steps));
        _mask = Kept(zeros([1, config.Heads / config.KeyValueHeads * (long)tokens, keys], type, device));
        _launches = new(() => _language.Run(_embeds, _tables, this));
    }

    /// <summary>Runs it.</summary>
    /// <param name="embeds">[n, HD], n up to the size of the pass.</param>
    /// <param name="tables">[n, 1, D].</param>
    /// <param name="stretch">Of n tokens, which end within as many keys as the pass reads.</param>
    /// <param name="record">Whether the launches are recorded from now on.</param>
    /// <returns>[n, HD].</returns>
    public Tensor Run(Tensor embeds, Rotary tables, Stretch stretch, bool record)
    {
        using var scope = NewDisposeScope();
        Fill(embeds, tables, stretch);
        return _launches.Run(record).narrow(0, 0, stretch.Tokens).clone().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor turned, Tensor values)
    {
        var (heads, shared, width, groups) = (_config.Heads, _config.KeyValueHeads, _config.HeadDim, _config.Heads / _config.KeyValueHeads);
        _memory.Write(layer, _places, turned.narrow(1, heads, shared), values);
        var (key, value) = (_memory.Keys(layer).index_select(0, _read).transpose(0, 1), _memory.Values(layer).index_select(0, _read).transpose(0, 1));      // [K, T, D]
        var query = turned.narrow(1, 0, heads).view(_tokens, shared, groups, width).permute(1, 2, 0, 3).reshape(shared, groups * _tokens, width);           // [K, G*N, D]
        return bmm(Attention.Probabilities(query, key, _mask), value).view(shared, groups, _tokens, width).permute(2, 0, 1, 3).reshape(_tokens, heads * width);
    }

    private void Fill(Tensor embeds, Rotary tables, Stretch stretch)
    {
        var (n, held, device) = (stretch.Tokens, stretch.Cache.Length, embeds.device);
        _embeds.narrow(0, 0, n).copy_(embeds);
        _tables.Cos.narrow(0, 0, n).copy_(tables.Cos);
        _tables.Sin.narrow(0, 0, n).copy_(tables.Sin);
        _places.copy_(tensor([.. CausalAttention.Places([stretch]), .. new long[_tokens - n]]));       // what is filled up goes to place 0
        _read.copy_(_steps.Plus(tensor((long)stretch.Cache.Begin, device: device)));
        var mask = full([_tokens, _keys], Hidden, embeds.dtype, device);
        mask.narrow(1, 0, held).zero_();
        stretch.WriteMask(mask.narrow(0, 0, n).narrow(1, held, stretch.At + n - held));
        _mask.view(-1, _tokens, _keys).copy_(mask);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _launches.Dispose();
        foreach (var one in (Tensor[])[_embeds, _tables.Cos, _tables.Sin, _places, _steps, _read, _mask]) one.Dispose();
    }
}
