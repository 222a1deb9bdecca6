using System.Diagnostics;
using TempSamp.Live.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>
/// TempSamp-R1 and its baselines, one optimiser step in the order things happen: draw windows and questions, sample solutions, add the annotation,
/// reward, normalise, learn (TempSamp-R1, section 3; reference tempsamp-r1.md, section 8).
/// </summary>
/// <remarks>
/// Everything drawn in a step follows from the seed and the step's number alone, so a run that goes on from a checkpoint draws what the
/// uninterrupted one would have drawn.
/// </remarks>
public sealed class PolicyTraining : IDisposable
{
    /// <summary>Steps without a finite gradient, one after the other, that end a run.</summary>
    private const int MostBrokenSteps = 5;

    private readonly QwenModel _model;
    private readonly QwenModel? _reference;
    private readonly PolicyOptions _options;
    private readonly SharedPrompt _prompt;
    private readonly GroupBuilder _builder;
    private readonly GroupPacker _packer;
    private readonly RolloutSampler _sampler;
    private readonly PolicyGradient _gradient;
    private readonly ScalarType _type;
    private int _broken;

    /// <summary>Trains <paramref name="parameters"/> of a model.</summary>
    /// <param name="model">The policy; its tower stays as it is.</param>
    /// <param name="reference">The model that training began from, for the KL term; null for none.</param>
    /// <param name="parameters">What is trained, in float32.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="profile">The model's.</param>
    /// <param name="options">How.</param>
    /// <param name="type">Type that is computed in.</param>
    public PolicyTraining(QwenModel model, QwenModel? reference, IReadOnlyList<Parameter> parameters, ChatTokenizer tokenizer, GroundingProfile profile, PolicyOptions options, ScalarType type)
    {
        (_model, _reference, _options, _type) = (model, reference, options, type);
        var end = tokenizer.TokenId(ChatTokens.TurnEnd);
        _prompt = new(tokenizer, profile, model.Config);
        _builder = new(tokenizer, profile, end, options);
        _packer = new(_prompt, end);
        _sampler = new(model, _prompt, tokenizer, end);
        _gradient = new(model);
        Optimizer = new(parameters, beta2: 0.999, decay: options.WeightDecay);
        Rate = new(options.LearningRate, options.WarmUp, options.Steps, options.Schedule);
    }

    /// <summary>The optimiser, for checkpoints.</summary>
    public AdamW Optimizer { get; }

    /// <summary>The learning rate over the steps.</summary>
    public LearningRate Rate { get; }

    /// <summary>Takes one optimiser step.</summary>
    /// <param name="bank">Encoded clips.</param>
    /// <param name="step">Number of the step, from 0.</param>
    /// <exception cref="TrainerException">The loss has not been finite for several steps.</exception>
    public StepReport Step(FeatureBank bank, int step)
    {
        var clock = Stopwatch.StartNew();
        var thinking = _options.PhaseOf(step).Thinking;
        var groups = new List<RewardedGroup>();
        var (loss, entropy, divergence, tokens) = (0.0, 0.0, 0.0, 0);
        Optimizer.ZeroGradients();
        for (var part = 0; part < _options.Accumulate; part++)
        {
            using var scope = NewDisposeScope();
            var random = new Random(unchecked((_options.Seed * 1_000_003 + step) * 101 + part));
            var batch = PolicyBatch.Draw(bank, _options, _prompt.TokensPerPair, random);
            var features = batch.Features.to(_type, _model.Device);
            var rows = Groups(batch, features, thinking, random.NextInt64());
            var (pass, count) = Learn(rows, batch.Pairs, features);
            groups.AddRange(rows.SelectMany(row => row));
            (loss, entropy, divergence, tokens) = (loss + pass.Loss, entropy + pass.Entropy / _options.Accumulate, divergence + pass.Divergence / _options.Accumulate, tokens + count);
        }
        var norm = Optimizer.Step(Rate.At(step), _options.ClipNorm);
        Watch(loss, norm, step);
        return StepReport.Of(groups, new()
        {
            Step = step + 1, Thinking = thinking, Loss = loss, Entropy = entropy, Divergence = divergence, GradientNorm = norm,
            LearningRate = Rate.At(step), Tokens = tokens, Seconds = clock.Elapsed.TotalSeconds,
        });
    }

    private List<List<RewardedGroup>> Groups(PolicyBatch batch, Tensor features, bool thinking, long seed)
    {
        var questions = batch.Questions.Select(row => row.Select(q => _builder.Ask(q, thinking)).ToArray()).ToArray();
        var rollouts = _options.Sampled == 0 ? null
            : _sampler.Sample(features, batch.Pairs, questions, new(_options.Sampled, thinking ? _options.ThoughtTokens : _options.AnswerTokens, _options.Temperature, _options.TopP), seed);
        return [.. questions.Select((row, r) => row.Select((q, i) => _builder.Build(q, rollouts?[r][i] ?? [], thinking)).ToList())];
    }

    private (PolicyPass Pass, int Tokens) Learn(List<List<RewardedGroup>> rows, int pairs, Tensor features)
    {
        using var scope = NewDisposeScope();
        using var packed = _packer.Pack([.. rows.Select(row => row.Select(g => g.Group).ToList())], pairs);
        var advantages = rows.SelectMany(row => row.SelectMany(g => g.Advantages.Values)).Select(a => (float)a).ToArray();
        var weights = PolicyLoss.Weights(packed.Owners, _options.Average);
        var states = States(_model, packed, features);                                     // [N, D]
        using var reference = _reference is null ? null : Reference(packed, features);
        var pass = _gradient.Backward(
            states, packed.Targets, Array.ConvertAll(packed.Owners, o => advantages[o]), Array.ConvertAll(weights, w => w / _options.Accumulate), reference, _options.Beta);
        return (pass, packed.Targets.Length);
    }

    private Tensor Reference(PackedGroups packed, Tensor features)
    {
        using var quiet = no_grad();
        using var states = States(_reference!, packed, features);
        return new PolicyGradient(_reference!).LogProbabilitiesOf(states, packed.Targets).DetachFromDisposeScope();
    }

    // [N, D] hidden states that predict the completions' tokens.
    private static Tensor States(QwenModel model, PackedGroups packed, Tensor features)
    {
        using var scope = NewDisposeScope();
        var embeds = PackedForward.Embed(model, packed.InputIds.to(model.Device), packed.VideoStart, features);
        var hidden = model.Language.Forward(embeds, packed.PositionIds.to(model.Device), packed.Mask.to(model.Device));     // [B, S, D]
        return hidden.flatten(0, 1).index_select(0, tensor(packed.Sources, device: model.Device)).MoveToOuterDisposeScope();
    }

    private void Watch(double loss, double norm, int step)
    {
        _broken = double.IsFinite(loss) && double.IsFinite(norm) ? 0 : _broken + 1;
        if (_broken >= MostBrokenSteps)
            throw new TrainerException($"Step {step + 1}: the loss or its gradient has not been finite for {_broken} steps, all of them left out. Lower --lr, or go on from an earlier checkpoint.");
    }

    /// <inheritdoc/>
    public void Dispose() => Optimizer.Dispose();
}
