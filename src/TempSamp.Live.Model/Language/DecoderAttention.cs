using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Grouped-query attention: each key/value head serves a group of query heads.</summary>
/// <remarks>The query heads of a group are folded into the rows of one product with their shared keys, so keys and values are never repeated.</remarks>
internal sealed class DecoderAttention : nn.Module
{
    [ComponentName(Name = "q_proj")] private readonly Projection _query;
    [ComponentName(Name = "k_proj")] private readonly Projection _key;
    [ComponentName(Name = "v_proj")] private readonly Projection _value;
    [ComponentName(Name = "o_proj")] private readonly Projection _out;
    private readonly ProjectionGroup _all;
    private readonly int _heads;
    private readonly int _kvHeads;
    private readonly int _headDim;

    public DecoderAttention(QwenTextConfig config, Storage storage) : base(nameof(DecoderAttention))
    {
        (_heads, _kvHeads, _headDim) = (config.Heads, config.KeyValueHeads, config.HeadDim);
        _all = new(config.HiddenSize, [config.HiddenSize, config.KeyValueSize, config.KeyValueSize], bias: true, storage);
        (_query, _key, _value) = (_all[0], _all[1], _all[2]);
        _out = new(config.HiddenSize, config.HiddenSize, bias: false, storage);
        RegisterComponents();
    }

    /// <summary>[B, S, HD] -> [B, S, HD].</summary>
    /// <param name="layer">Number of the layer, for cache and observer.</param>
    /// <param name="x">Normed hidden states.</param>
    /// <param name="rotary">Tables [B, S, 1, D].</param>
    /// <param name="mask">Added to the scores, [B*K or 1, G*S, T]; null where every key is allowed.</param>
    /// <param name="cache">Earlier tokens; null for none.</param>
    /// <param name="observer">Sees the probabilities if it wants them.</param>
    public Tensor Forward(int layer, Tensor x, Rotary rotary, Tensor? mask, KeyValueCache? cache, ILayerObserver? observer)
    {
        // B batch, S new tokens, T all tokens, H query heads, K key/value heads, G = H / K, D head dim
        using var scope = NewDisposeScope();
        var (b, s) = (x.shape[0], x.shape[1]);
        var query = rotary.Turn(_query.forward(x).view(b, s, _heads, _headDim))         // [B, S, H, D]
            .transpose(1, 2).reshape(b * _kvHeads, -1, _headDim);                       // [B*K, G*S, D]
        var key = Heads(rotary.Turn(_key.forward(x).view(b, s, _kvHeads, _headDim)));   // [B*K, S, D]
        var value = Heads(_value.forward(x).view(b, s, _kvHeads, _headDim));            // [B*K, S, D]
        if (cache is not null) (key, value) = cache.Append(layer, key, value);          // [B*K, T, D]

        var probabilities = Attention.Probabilities(query, key, mask);                  // [B*K, G*S, T]
        if (observer?.WantsAttention(layer) == true) observer.Attention(layer, probabilities.view(b, _heads, s, -1));
        var mixed = bmm(probabilities, value)                                           // [B*K, G*S, D]
            .view(b, _heads, s, _headDim).transpose(1, 2).reshape(b, s, -1);            // [B, S, HD]
        return _out.forward(mixed).MoveToOuterDisposeScope();
    }

    // [B, S, K, D] -> [B*K, S, D]
    private Tensor Heads(Tensor x) => x.transpose(1, 2).reshape(-1, x.shape[1], _headDim);

    /// <summary>Reads the new tokens of a pass and adds the outcome to the stream in place. Without gradients.</summary>
    /// <param name="layer">Number of the layer.</param>
    /// <param name="stream">[N, HD].</param>
    /// <param name="x">Its normed copy.</param>
    /// <param name="rotary">Tables [N, 1, D].</param>
    /// <param name="attention">Where keys and values go and what each token sees.</param>
    public void Read(int layer, Tensor stream, Tensor x, Rotary rotary, IPassAttention attention)
    {
        using var scope = NewDisposeScope();
        var turning = _heads + _kvHeads;
        var all = _all.Forward(x);                                                                          // [N, (H + 2K) D]
        var turned = rotary.Turn(all.narrow(1, 0, turning * _headDim).view(-1, turning, _headDim));         // [N, H + K, D]
        var values = all.narrow(1, turning * _headDim, _kvHeads * _headDim).view(-1, _kvHeads, _headDim);   // [N, K, D]
        _out.AddTo(stream, attention.Attend(layer, turned, values));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _all.Dispose();
        base.Dispose(disposing);
    }
}
