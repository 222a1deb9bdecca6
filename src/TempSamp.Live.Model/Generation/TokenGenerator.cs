using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Decodes answers token by token with a key/value cache.</summary>
/// <param name="model">Read only; several generators may share it on one thread.</param>
public sealed class TokenGenerator(QwenModel model)
{
    private readonly MultimodalPositions _positions = new(model.Config);

    /// <summary>Answers every prompt of a batch.</summary>
    /// <param name="prompts">Padded on the left where lengths differ.</param>
    /// <param name="videoRows">[M, D] of all videos; null for none. Their type is the type that is computed in.</param>
    /// <param name="imageRows">[M, D] of all images; null for none.</param>
    /// <param name="options">When to stop and how to choose.</param>
    /// <param name="onScores">Sees the raw scores [B, V] of each step, before anything is done to them; they are disposed afterwards.</param>
    /// <returns>New tokens, [B][T]; rows that ended early are filled up with <see cref="GenerationOptions.PadTokenId"/>.</returns>
    /// <exception cref="ModelException">A prompt does not fit its vision rows, or the scores are not numbers.</exception>
    public int[][] Generate(PromptBatch prompts, Tensor? videoRows, Tensor? imageRows, GenerationOptions options, Action<Tensor>? onScores = null)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var positions = _positions.Of(prompts.Ids, prompts.Mask, prompts.Images, prompts.Videos, prompts.SecondsPerGrid);
        var tokens = prompts.MaskTensor(model.Device);                                                  // [B, S] bool
        var embeds = model.Embed(prompts.IdTensor(model.Device), videoRows, imageRows);                 // [B, S, D]
        var positionIds = tensor(positions.Ids, [3, prompts.Rows, prompts.Length], device: model.Device);
        using var cache = new KeyValueCache(model.Config.Text, prompts.Rows, prompts.Length + options.MaxNewTokens, embeds.dtype, model.Device);

        var rows = prompts.Ids.Select(ids => new Row(ids)).ToArray();
        var mask = prompts.Padded ? AttentionMask.CausalWithPadding(tokens, prompts.Length) : null;
        var hidden = model.Language.Prefill(embeds, positionIds, mask, cache);                           // [B, 1, D]
        while (true)
        {
            var chosen = Choose(hidden, rows, options, onScores);
            if (rows.All(r => r.Ended) || rows[0].Answer.Count == options.MaxNewTokens) break;

            using var step = NewDisposeScope();
            tokens = cat([tokens, ones([prompts.Rows, 1], ScalarType.Bool, model.Device)], 1).MoveToOuterDisposeScope();
            var next = model.Language.Embedding.forward(tensor(chosen, [prompts.Rows, 1], device: model.Device)).In(embeds.dtype);
            long[] at = [.. positions.Deltas.Select(d => cache.Length + d)];
            var nextIds = tensor(at, [1, prompts.Rows, 1], device: model.Device).expand(3, -1, -1);
            hidden = model.Language.Forward(next, nextIds, prompts.Padded ? tokens.unsqueeze(1).unsqueeze(1) : null, cache).MoveToOuterDisposeScope();
        }
        return [.. rows.Select(r => r.Answer.ToArray())];
    }

    private long[] Choose(Tensor hidden, Row[] rows, GenerationOptions options, Action<Tensor>? onScores)
    {
        using var scope = NewDisposeScope();
        var scores = model.Logits(hidden.squeeze(1)).to(ScalarType.Float32).cpu();                       // [B, V]
        onScores?.Invoke(scores);
        var chosen = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var id = rows[i].Ended ? options.PadTokenId : TokenChoice.Choose(scores[i].data<float>().ToArray(), rows[i].Present, options);
            chosen[i] = id;
            rows[i].Push(id, options.EosTokenIds);
        }
        return chosen;
    }

    private sealed class Row(int[] prompt)
    {
        public List<int> Answer { get; } = [];

        public bool Ended { get; private set; }

        public IEnumerable<int> Present => prompt.Concat(Answer);

        public void Push(int id, IReadOnlyList<int> eos)
        {
            Answer.Add(id);
            Ended |= eos.Contains(id);
        }
    }
}
