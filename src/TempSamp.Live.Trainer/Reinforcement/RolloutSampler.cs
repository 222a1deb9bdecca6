using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>How completions are sampled.</summary>
/// <param name="Count">Completions a question.</param>
/// <param name="MaxTokens">Most tokens of a completion; a longer one is cut and rewarded for what it says.</param>
/// <param name="Temperature">Scores are divided by it; 0 takes the likeliest token.</param>
/// <param name="TopP">Only the likeliest tokens with this much probability together are drawn from; 1 draws from all.</param>
/// <param name="TopK">Only so many of the likeliest tokens are drawn from; 0 draws from all.</param>
public readonly record struct RolloutOptions(int Count, int MaxTokens, double Temperature = 1, double TopP = 1, int TopK = 0);

/// <summary>
/// Samples completions of many questions over many windows at once: each window's video is read once into a key/value cache, each question once
/// behind it, and all completions go on from there side by side under a block mask.
/// </summary>
/// <param name="model">The policy.</param>
/// <param name="prompt">What the questions of a window share.</param>
/// <param name="tokenizer">For the text of completions.</param>
/// <param name="end">Token that ends a turn.</param>
public sealed class RolloutSampler(QwenModel model, SharedPrompt prompt, ChatTokenizer tokenizer, int end) : IDisposable
{
    /// <summary>Rooms of windows are whole steps of so many tokens, so that they fit again the next time.</summary>
    private const int RoomStep = 1024;

    private KeyValuePool? _pool;

    /// <summary>Samples <see cref="RolloutOptions.Count"/> completions of every question.</summary>
    /// <param name="features">[B, videoTokens, D] of the windows; their type is the type that is computed in.</param>
    /// <param name="pairs">Length of the windows in frame pairs.</param>
    /// <param name="questions">B rows of Q questions each.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">The same seed samples the same completions.</param>
    /// <returns>[B][Q][Count].</returns>
    public Completion[][][] Sample(Tensor features, int pairs, IReadOnlyList<IReadOnlyList<PolicyQuestion>> questions, RolloutOptions options, long seed)
    {
        using var quiet = inference_mode();
        using var scope = NewDisposeScope();
        using var dice = new Generator((ulong)seed, CPU);
        var (b, q) = (questions.Count, questions[0].Count);
        var lanes = q * options.Count;
        var longest = questions.Max(row => row.Max(x => x.Prompt.Length));
        var shared = prompt.Length(pairs);
        using var reading = Reading(b, shared + q * longest + lanes * options.MaxTokens, features.dtype);

        var next = ReadVideo(features, pairs, reading);
        var scores = ReadQuestions(questions, longest, next, reading, features.dtype);                             // [B, Q, V]
        var sampled = Draw(scores.repeat_interleave(options.Count, 1), options, dice);                             // [B, L]
        var steps = new List<long[]> { sampled };
        var live = sampled.Count(t => t != end);
        var seen = Lanes(questions, longest, options.Count).to(model.Device);                                      // [B, L, Q*longest]
        var starts = questions.SelectMany(row => row.SelectMany(x => Enumerable.Repeat(next + x.Prompt.Length, options.Count))).ToArray();
        while (live > 0 && steps.Count < options.MaxTokens)
        {
            using var step = NewDisposeScope();
            var own = eye(lanes, dtype: ScalarType.Bool, device: model.Device).expand(b, lanes, lanes);
            var grown = cat([seen, own], 2).MoveToOuterDisposeScope();
            seen.Dispose();
            seen = grown;
            var embeds = model.Language.Embedding.forward(tensor(steps[^1], [b, lanes], device: model.Device)).to(features.dtype);
            var positions = tensor(Array.ConvertAll(starts, s => s + steps.Count - 1), [1, b, lanes], device: model.Device).expand(3, b, lanes);
            var drawn = Draw(model.Logits(reading.Read(embeds, positions, seen)), options, dice);
            live = 0;
            for (var i = 0; i < drawn.Length; i++)
            {
                if (steps[^1][i] == end) drawn[i] = end;        // a lane that has ended stays so
                else if (drawn[i] != end) live++;
            }
            steps.Add(drawn);
        }
        return [.. Enumerable.Range(0, b).Select(row => Enumerable.Range(0, q).Select(x => Enumerable.Range(0, options.Count)
            .Select(c => Read(steps, row * lanes + x * options.Count + c)).ToArray()).ToArray())];
    }

    // On a GPU the room that windows lie in is kept, and with it what was recorded over it.
    private IRolloutReading Reading(int rows, int capacity, ScalarType type)
    {
        if (model.Type == type) _pool ??= KeyValuePool.For(model, RoomStep);
        if (_pool is null || model.Type != type) return new BatchedReading(model, rows, capacity, type);
        model.Language.RecordsPasses = true;
        var room = (capacity + RoomStep - 1) / RoomStep * RoomStep;
        return new ServingReading(model, [.. Enumerable.Range(0, rows).Select(_ => _pool.Rent(room))]);
    }

    private long ReadVideo(Tensor features, int pairs, IRolloutReading reading)
    {
        using var scope = NewDisposeScope();
        var ids = tensor(prompt.Ids(pairs).Select(id => (long)id).ToArray(), device: model.Device).expand(features.shape[0], -1);   // [B, shared]
        var (shared, next) = prompt.Positions(pairs);
        var positions = tensor(shared.SelectMany(axis => axis).ToArray(), [3, 1, ids.shape[1]], device: model.Device).expand(3, features.shape[0], -1);
        reading.ReadShared(PackedForward.Embed(model, ids, prompt.VideoStart, features), positions);
        return next;
    }

    private Tensor ReadQuestions(IReadOnlyList<IReadOnlyList<PolicyQuestion>> questions, int longest, long next, IRolloutReading reading, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (b, q) = (questions.Count, questions[0].Count);
        var ids = questions.SelectMany(row => row.SelectMany(x => x.Prompt.Concat(Enumerable.Repeat(end, longest - x.Prompt.Length)))).Select(id => (long)id).ToArray();
        var positions = tensor([.. Enumerable.Range(0, q * longest).Select(i => next + i % longest)], [1, 1, q * longest], device: model.Device).expand(3, b, -1);
        var own = ones([longest, longest], ScalarType.Bool, model.Device).tril();
        var blocks = kron(eye(q, dtype: ScalarType.Float32, device: model.Device), own.to(ScalarType.Float32)).to(ScalarType.Bool);       // [Q*longest, Q*longest]
        var embeds = model.Language.Embedding.forward(tensor(ids, [b, q * longest], device: model.Device)).to(type);
        var hidden = reading.Read(embeds, positions, blocks.expand(b, -1, -1));                                            // [B, Q*longest, D]
        var lasts = questions.SelectMany((row, r) => row.Select((x, i) => (long)(r * q * longest + i * longest + x.Prompt.Length - 1))).ToArray();
        return model.Logits(hidden.reshape(b * q * longest, -1).index_select(0, tensor(lasts, device: model.Device))).view(b, q, -1).MoveToOuterDisposeScope();
    }

    // [B, L, Q*longest]: the lane's own question.
    private static Tensor Lanes(IReadOnlyList<IReadOnlyList<PolicyQuestion>> questions, int longest, int count)
    {
        var (b, q) = (questions.Count, questions[0].Count);
        var width = q * longest;
        var sees = new bool[b * q * count * width];
        for (var lane = 0; lane < b * q * count; lane++)
        {
            var (row, x) = (lane / (q * count), lane / count % q);
            sees.AsSpan(lane * width + x * longest, questions[row][x].Prompt.Length).Fill(true);
        }
        return tensor(sees, [b, q * count, width]);
    }

    private static long[] Draw(Tensor scores, RolloutOptions options, Generator dice)
    {
        using var scope = NewDisposeScope();
        if (!scores.isfinite().all().item<bool>())
            throw new TrainerException("The model's scores are not finite: its weights have grown out of bounds. Lower --lr, and go on from an earlier checkpoint or begin again.");
        if (options.Temperature == 0) return scores.argmax(-1).cpu().flatten().data<long>().ToArray();
        var odds = (scores.to(ScalarType.Float32) / KeptScalar.Of(options.Temperature)).softmax(-1).flatten(0, 1);           // [B*L, V]
        if (options.TopK > 0 && options.TopK < odds.shape[1])
        {
            var (kept, places) = odds.topk(options.TopK, 1);
            odds = zeros_like(odds).scatter_(1, places, kept);
            odds = odds / odds.sum(1, keepdim: true);
        }
        if (options.TopP < 1)
        {
            var (sorted, order) = odds.sort(1, descending: true);
            var kept = (sorted.cumsum(1) - sorted).lt(KeptScalar.Of(options.TopP));                                          // the first is always kept
            odds = zeros_like(odds).scatter_(1, order, sorted * kept.to(ScalarType.Float32));
        }
        if (odds.device_type == DeviceType.CPU) return multinomial(odds, 1, replacement: false, generator: dice).flatten().data<long>().ToArray();
        // On a GPU the scores of a whole vocabulary stay there, and only one throw a lane travels. A seed repeats a run on the same kind of device.
        var throws = rand([odds.shape[0], 1], generator: dice).to(odds.device) * odds.sum(1, keepdim: true);
        return searchsorted(odds.cumsum(1), throws, right: true).clamp_max_(KeptScalar.Of(odds.shape[1] - 1)).flatten().cpu().data<long>().ToArray();
    }

    private Completion Read(List<long[]> steps, int lane)
    {
        var tokens = steps.Select(s => (int)s[lane]).TakeWhile(t => t != end).ToArray();
        var text = tokenizer.Decode(tokens, skipSpecial: false);
        return new(tokens.Length < steps.Count ? [.. tokens, end] : tokens, text, IsAnnotation: false);
    }

    /// <inheritdoc/>
    public void Dispose() => _pool?.Dispose();
}
