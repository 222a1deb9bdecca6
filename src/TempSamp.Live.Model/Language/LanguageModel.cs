using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>The decoder: embedded tokens and vision rows in, hidden states out.</summary>
public sealed class LanguageModel : nn.Module
{
    [ComponentName(Name = "embed_tokens")] private readonly TokenEmbedding _embedding;
    [ComponentName(Name = "layers")] private readonly ModuleList<DecoderLayer> _layers;
    [ComponentName(Name = "norm")] private readonly RmsNorm _norm;
    private readonly QwenTextConfig _config;
    private readonly MultimodalRotary _rotary;
    private readonly PooledReading _pooled;

    internal LanguageModel(QwenTextConfig config, Storage storage) : base(nameof(LanguageModel))
    {
        _config = config;
        _rotary = new(config);
        _embedding = new(config.VocabSize, config.HiddenSize, storage);
        _layers = new([.. Enumerable.Range(0, config.Layers).Select(_ => new DecoderLayer(config, storage))]);
        _norm = new(config.HiddenSize, config.RmsNormEps, storage);
        _pooled = new(this, config);
        RegisterComponents();
    }

    /// <summary>Number of layers.</summary>
    internal int LayerCount => _layers.Count;

    /// <summary>
    /// Whether small passes over sequences of a <see cref="KeyValuePool"/> are recorded when their size comes a second time, and replayed from then on. On the processor, and
    /// where libtorch has no recorder, it stays false.
    /// </summary>
    public bool RecordsPasses
    {
        get => _pooled.Records;
        set => _pooled.Records = value && CudaGraph.IsFor(Embedding.Weight.device);
    }

    /// <summary>Rows of the token ids.</summary>
    public TokenEmbedding Embedding => _embedding;

    /// <summary>Runs all layers and the final norm.</summary>
    /// <param name="embeds">[B, S, D]; their type is the type that is computed in.</param>
    /// <param name="positionIds">[3, B, S] int64: time, height, width.</param>
    /// <param name="mask">
    /// [B or 1, 1, S, T] with T = cached + S: bool (true = may attend) or a number added to the score; null for causal. A row that may attend to
    /// nothing gives meaningless but finite output.
    /// </param>
    /// <param name="cache">Earlier tokens, appended to; null for none.</param>
    /// <param name="observer">Sees each layer's output, and its attention if it wants.</param>
    /// <returns>Normed hidden states, [B, S, D].</returns>
    public Tensor Forward(Tensor embeds, Tensor positionIds, Tensor? mask = null, KeyValueCache? cache = null, ILayerObserver? observer = null)
    {
        using var scope = NewDisposeScope();
        var rotary = _rotary.Of(positionIds, embeds.dtype);
        var scores = AttentionMask.Of(mask, _config, embeds, (cache?.Length ?? 0) + embeds.shape[1]);
        var x = embeds.alias();
        for (var i = 0; i < _layers.Count; i++)
        {
            var previous = x;
            x = _layers[i].Forward(i, previous, rotary, scores, cache, observer);
            previous.Dispose();
            observer?.Hidden(i, x);
        }
        cache?.Advance((int)embeds.shape[1]);
        return _norm.forward(x).MoveToOuterDisposeScope();
    }

    /// <summary>What all layers share in a pass without a cache: the rotary tables and the mask in the shape of the scores.</summary>
    internal (Rotary Rotary, Tensor? Scores) Shared(Tensor embeds, Tensor positionIds, Tensor? mask) =>
        (_rotary.Of(positionIds, embeds.dtype), AttentionMask.Of(mask, _config, embeds, embeds.shape[1]));

    /// <summary>One layer of a pass without a cache, [B, S, D] -> [B, S, D]; the number of layers is the final norm's.</summary>
    internal Tensor Layer(int i, Tensor x, Rotary rotary, Tensor? scores) => i == _layers.Count ? _norm.forward(x) : _layers[i].Forward(i, x, rotary, scores, null, null);

    /// <summary>Reads a prompt into an empty cache, piece by piece, so that the attention scores of a long video never take more memory than those of one piece.</summary>
    /// <param name="embeds">[B, S, D].</param>
    /// <param name="positionIds">[3, B, S] int64.</param>
    /// <param name="mask">[B or 1, 1, S, S] as for <see cref="Forward"/>; null for causal.</param>
    /// <param name="cache">Takes the S tokens.</param>
    /// <param name="piece">Tokens read at a time.</param>
    /// <returns>Normed hidden state of the last token, [B, 1, D].</returns>
    public Tensor Prefill(Tensor embeds, Tensor positionIds, Tensor? mask, KeyValueCache cache, int piece = 512)
    {
        using var scope = NewDisposeScope();
        for (var at = 0L; ; at += piece)
        {
            using var part = NewDisposeScope();
            var count = Math.Min(piece, embeds.shape[1] - at);
            var hidden = Forward(embeds.narrow(1, at, count), positionIds.narrow(2, at, count), mask?.narrow(2, at, count).narrow(3, 0, at + count), cache);
            if (at + count == embeds.shape[1]) return hidden.narrow(1, count - 1, 1).MoveToOuterDisposeScope().MoveToOuterDisposeScope();
        }
    }

    /// <summary>
    /// Serving's pass: new tokens of several sequences at once, each behind what its own cache holds, with as few operations as can be. Without gradients.
    /// </summary>
    /// <param name="embeds">[N, D] in the parameters' type, the stretches one after the other.</param>
    /// <param name="positionIds">[3, N] int64: time, height, width.</param>
    /// <param name="stretches">N tokens together. The caches are written, but count what was written only after <see cref="KeyValueCache.Advance"/>.</param>
    /// <returns>Normed hidden states, [N, D].</returns>
    public Tensor Read(Tensor embeds, Tensor positionIds, IReadOnlyList<Stretch> stretches)
    {
        foreach (var stretch in stretches) stretch.Check();
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var tables = Tables(positionIds, embeds.dtype);
        var hidden = stretches.All(s => s.Cache.Memory is not null)
            ? _pooled.Read(embeds, tables, stretches)
            : Run(embeds, tables, new StretchAttention(_config, stretches, embeds.dtype, embeds.device));
        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>Rotary tables of positions [3, N], each [N, 1, D].</summary>
    internal Rotary Tables(Tensor positionIds, ScalarType type)
    {
        var rotary = _rotary.Of(positionIds.unsqueeze(1), type);                                    // [1, N, 1, D]
        return new(rotary.Cos.squeeze(0), rotary.Sin.squeeze(0));
    }

    /// <summary>All layers of a serving pass: [N, D] -> normed hidden states [N, D].</summary>
    internal Tensor Run(Tensor embeds, Rotary tables, IPassAttention attention)
    {
        using var scope = NewDisposeScope();
        var stream = embeds.clone();
        for (var i = 0; i < _layers.Count; i++) _layers[i].Read(i, stream, tables, attention);
        return _norm.Read(stream).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _rotary.Dispose();
        base.Dispose(disposing);
    }
}
