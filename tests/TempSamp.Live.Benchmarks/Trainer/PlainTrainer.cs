using TempSamp.Live.Model;
using TempSamp.Live.Trainer;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// The baseline of <c>trainer</c>: one group as a trainer for any model does it. Every solution is a row of its own with its own video, prefix and question, read once to sample and
/// once to learn, and the scores of all its positions are held.
/// </summary>
internal sealed class PlainTrainer(QwenModel model, SharedPrompt prompt, int end)
{
    /// <summary>Encodes the video of every row, decodes the given solutions as a sampler would, and leaves the gradient of the group in the parameters.</summary>
    /// <param name="pixels">Patches of the video.</param>
    /// <param name="grids">Their grids.</param>
    /// <param name="pairs">Frame pairs of the video.</param>
    /// <param name="group">Question and solutions.</param>
    /// <param name="advantages">One a solution.</param>
    public void Run(Tensor pixels, IReadOnlyList<(int T, int H, int W)> grids, int pairs, PolicyGroup group, IReadOnlyList<double> advantages)
    {
        using var scope = NewDisposeScope();
        var features = Encode(pixels, grids, group.Completions.Count);
        Sample(features, pairs, group);
        Learn(features, pairs, group, advantages);
    }

    private Tensor Encode(Tensor pixels, IReadOnlyList<(int T, int H, int W)> grids, int rows)
    {
        using var quiet = no_grad();
        return stack(Enumerable.Range(0, rows).Select(_ => model.Vision.Forward(pixels, grids)));        // [G, T, D]
    }

    // Decodes the rows that are sampled, side by side; the tokens are known, so only the work is done.
    private void Sample(Tensor features, int pairs, PolicyGroup group)
    {
        using var quiet = inference_mode();
        using var scope = NewDisposeScope();
        var sampled = group.Completions.Where(c => !c.IsAnnotation).ToArray();
        var own = features.narrow(0, 0, sampled.Length);
        var longest = sampled.Max(c => c.Tokens.Length);
        var (ids, positions, next) = Rows(pairs, sampled.Select(_ => group.Question.Prompt).ToArray());
        using var cache = new KeyValueCache(model.Config.Text, sampled.Length, (int)ids.shape[1] + longest, features.dtype, model.Device);
        using var first = model.Logits(model.Language.Prefill(PackedForward.Embed(model, ids, prompt.VideoStart, own), positions, null, cache));
        for (var step = 0; step < longest - 1; step++)
        {
            using var part = NewDisposeScope();
            var tokens = tensor(sampled.Select(c => (long)c.Tokens[Math.Min(step, c.Tokens.Length - 1)]).ToArray(), [sampled.Length, 1]);
            var at = full([3, sampled.Length, 1], next + group.Question.Prompt.Length + step, ScalarType.Int64);
            model.Logits(model.Language.Forward(model.Language.Embedding.forward(tokens).to(features.dtype), at, null, cache));
        }
    }

    private void Learn(Tensor features, int pairs, PolicyGroup group, IReadOnlyList<double> advantages)
    {
        using var scope = NewDisposeScope();
        var solutions = group.Completions.Select(c => c.Tokens).ToArray();
        var (ids, positions, _) = Rows(pairs, [.. solutions.Select(s => group.Question.Prompt.Concat(s).ToArray())]);
        var hidden = model.Language.Forward(PackedForward.Embed(model, ids, prompt.VideoStart, features), positions);       // causal; what is behind a solution is not learnt from
        var likely = model.Logits(hidden).to(ScalarType.Float32).log_softmax(-1);                                             // [G, S, V]
        var start = prompt.Length(pairs) + group.Question.Prompt.Length;
        var parts = solutions.Select((tokens, row) =>
        {
            var told = likely[row].narrow(0, start - 1, tokens.Length).gather(1, tensor(tokens.Select(t => (long)t).ToArray()).unsqueeze(1)).squeeze(1);
            return ((told - told.detach()).exp() * (float)advantages[row]).mean();
        });
        stack(parts).mean().neg().backward();
    }

    // Ids and positions of whole rows, filled up on the right.
    private (Tensor Ids, Tensor Positions, long Next) Rows(int pairs, int[][] tails)
    {
        var shared = prompt.Ids(pairs).ToArray();
        var (before, next) = prompt.Positions(pairs);
        var longest = tails.Max(t => t.Length);
        var ids = tails.SelectMany(t => shared.Concat(t).Concat(Enumerable.Repeat(end, longest - t.Length))).Select(id => (long)id).ToArray();
        var positions = before.SelectMany(axis => tails.SelectMany(_ => axis.Concat(Enumerable.Range(0, longest).Select(i => next + i)))).ToArray();
        var length = shared.Length + longest;
        return (tensor(ids, [tails.Length, length]), tensor(positions, [3, tails.Length, length]), next);
    }
}
