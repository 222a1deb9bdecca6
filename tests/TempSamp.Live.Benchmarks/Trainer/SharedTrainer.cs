using TempSamp.Live.Model;
using TempSamp.Live.Trainer;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary>One group as <see cref="PolicyTraining"/> does it, from the video's features to gradients.</summary>
internal sealed class SharedTrainer(QwenModel model, SharedPrompt prompt, ChatTokenizer tokenizer, int end) : IDisposable
{
    private const long Seed = 5;

    private readonly RolloutSampler _sampler = new(model, prompt, tokenizer, end);
    private readonly GroupPacker _packer = new(prompt, end);
    private readonly PolicyGradient _gradient = new(model);

    /// <summary>A question with sampled solutions and its annotation.</summary>
    public PolicyGroup Group(Tensor features, int pairs, PolicyQuestion question, int sampled, int tokens, GroupBuilder builder) =>
        builder.Build(question, _sampler.Sample(features, pairs, [[question]], new(sampled, tokens), Seed)[0][0], thinking: false, pairs, new Random(1)).Group;

    /// <summary>Samples, and leaves the gradient of the given group in the parameters.</summary>
    public void Run(Tensor features, int pairs, PolicyGroup group, IReadOnlyList<double> advantages, int tokens)
    {
        Sample(features, pairs, group, tokens);
        Learn(features, pairs, group, advantages);
    }

    /// <summary>Samples as many solutions as the group has.</summary>
    public void Sample(Tensor features, int pairs, PolicyGroup group, int tokens) =>
        _sampler.Sample(features, pairs, [[group.Question]], new(group.Completions.Count(c => !c.IsAnnotation), tokens), Seed);

    /// <summary>Leaves the gradient of the given group in the parameters.</summary>
    /// <param name="features">[1, T, D].</param>
    /// <param name="pairs">Frame pairs of the video.</param>
    /// <param name="group">Question and solutions.</param>
    /// <param name="advantages">One a solution.</param>
    /// <param name="sparing">Compute activations again instead of keeping them.</param>
    public void Learn(Tensor features, int pairs, PolicyGroup group, IReadOnlyList<double> advantages, bool sparing = false)
    {
        using var scope = NewDisposeScope();
        using var packed = _packer.Pack([[group]], pairs);
        var embeds = PackedForward.Embed(model, packed.InputIds.to(model.Device), packed.VideoStart, features);
        var (positions, mask) = (packed.PositionIds.to(model.Device), packed.Mask.to(model.Device));
        using var pass = sparing ? new CheckpointedPass(model.Language, embeds, positions, mask) : null;
        var hidden = pass?.Hidden ?? model.Language.Forward(embeds, positions, mask);                                       // [1, S, D]
        var states = hidden.flatten(0, 1).index_select(0, tensor(packed.Sources, device: model.Device));
        _gradient.Backward(states, packed.Targets, [.. packed.Owners.Select(o => (float)advantages[o])], PolicyLoss.Weights(packed.Owners, LossAverage.Sequence), null, 0);
        pass?.Backward();
    }

    /// <summary>What a run does once for each video and keeps.</summary>
    /// <returns>[1, T, D].</returns>
    public Tensor Encode(Tensor pixels, IReadOnlyList<(int T, int H, int W)> grids)
    {
        using var quiet = no_grad();
        return model.Vision.Forward(pixels, grids).unsqueeze(0);
    }

    /// <inheritdoc/>
    public void Dispose() => _sampler.Dispose();
}
