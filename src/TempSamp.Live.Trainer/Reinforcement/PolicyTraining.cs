using System.Diagnostics;
using TempSamp.Live.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>What is trained and what it is held against.</summary>
/// <param name="Model">The policy.</param>
/// <param name="Parameters">What is trained, in float32: the decoder's own weights or an adapter's, and the tower's where it learns.</param>
/// <param name="Adapter">The adapter; null where the model's own weights are trained. Without it the model is the reference of the KL term.</param>
/// <param name="Reference">The model that training began from, for the KL term of training without an adapter; null for none.</param>
public sealed record TrainedPolicy(QwenModel Model, IReadOnlyList<(string Name, Parameter Parameter)> Parameters, LoraAdapter? Adapter = null, QwenModel? Reference = null);

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

    private readonly TrainedPolicy _policy;
    private readonly QwenModel _model;
    private readonly PolicyOptions _options;
    private readonly SharedPrompt _prompt;
    private readonly GroupBuilder _builder;
    private readonly GroupPacker _packer;
    private readonly RolloutSampler _sampler;
    private readonly PolicyGradient _gradient;
    private readonly ScalarType _type;
    private int _broken;

    /// <summary>Trains a policy.</summary>
    /// <param name="policy">What is trained.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="profile">The model's.</param>
    /// <param name="options">How.</param>
    /// <param name="type">Type that is computed in.</param>
    public PolicyTraining(TrainedPolicy policy, ChatTokenizer tokenizer, GroundingProfile profile, PolicyOptions options, ScalarType type)
    {
        (_policy, _model, _options, _type) = (policy, policy.Model, options, type);
        var end = tokenizer.TokenId(ChatTokens.TurnEnd);
        _prompt = new(tokenizer, profile, _model.Config);
        _builder = new(tokenizer, profile, end, options);
        _packer = new(_prompt, end);
        _sampler = new(_model, _prompt, tokenizer, end);
        _gradient = new(_model);
        Optimizer = new([.. policy.Parameters.Select(p => p.Parameter)], beta2: 0.999, decay: options.WeightDecay);
    }

    /// <summary>The optimiser, for checkpoints.</summary>
    public AdamW Optimizer { get; }

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
        if (_options.ForgetsBefore(step)) Optimizer.Forget();
        Optimizer.ZeroGradients();
        for (var part = 0; part < _options.Accumulate; part++)
        {
            using var scope = NewDisposeScope();
            var random = new Random(unchecked((_options.Seed * 1_000_003 + step) * 101 + part));
            var batch = PolicyBatch.Draw(bank, _options, _prompt.TokensPerPair, _type, random);
            var features = batch.Features.to(_type, _model.Device);
            var rows = Groups(batch, features, thinking, random);
            var (pass, count) = Learn(rows, [.. batch.Presences.Select(row => row.Select(_builder.Presence).ToArray())], batch.Pairs, features);
            groups.AddRange(rows.SelectMany(row => row));
            (loss, entropy, divergence, tokens) = (loss + pass.Loss, entropy + pass.Entropy / _options.Accumulate, divergence + pass.Divergence / _options.Accumulate, tokens + count);
        }
        var rate = _options.RateOf(step);
        var norm = Optimizer.Step(rate, _options.ClipNorm);
        Watch(loss, norm, step);
        return StepReport.Of(groups, new()
        {
            Step = step + 1, Thinking = thinking, Loss = loss, Entropy = entropy, Divergence = divergence, GradientNorm = norm,
            LearningRate = rate, Tokens = tokens, Seconds = clock.Elapsed.TotalSeconds,
        });
    }

    private List<List<RewardedGroup>> Groups(PolicyBatch batch, Tensor features, bool thinking, Random random)
    {
        var questions = batch.Questions.Select(row => row.Select(q => _builder.Ask(q, thinking)).ToArray()).ToArray();
        var seed = random.NextInt64();
        var rollouts = _options.Sampled == 0 ? null
            : _sampler.Sample(features.detach(), batch.Pairs, questions, new(_options.Sampled, thinking ? _options.ThoughtTokens : _options.AnswerTokens, _options.Temperature, _options.TopP, _options.TopK), seed);
        return [.. questions.Select((row, r) => row.Select((q, i) => _builder.Build(q, rollouts?[r][i] ?? [], thinking, batch.Pairs, random)).ToList())];
    }

    private (PolicyPass Pass, int Tokens) Learn(List<List<RewardedGroup>> rows, PolicyGroup[][] presences, int pairs, Tensor features)
    {
        using var scope = NewDisposeScope();
        using var packed = _packer.Pack([.. rows.Zip(presences, (row, asked) => row.Select(g => g.Group).Concat(asked).ToList())], pairs);
        var (advantages, weights) = Weigh(rows, presences, packed.Owners);
        using var reference = Reference(packed, features);
        var embeds = PackedForward.Embed(_model, packed.InputIds.to(_model.Device), packed.VideoStart, features);
        PolicyPass pass;
        if (_options.CheckpointActivations)
        {
            using var sparing = new CheckpointedPass(_model.Language, embeds, packed.PositionIds.to(_model.Device), packed.Mask.to(_model.Device));
            pass = _gradient.Backward(Predicting(sparing.Hidden, packed), packed.Targets, advantages, weights, reference, _options.Beta);
            sparing.Backward();
        }
        else
        {
            pass = _gradient.Backward(Predicting(Hidden(_model, embeds, packed), packed), packed.Targets, advantages, weights, reference, _options.Beta);
        }
        return (pass, packed.Targets.Length);
    }

    // Per token. The groups' solutions share a weight of 1; a yes-or-no answer, whose advantage is 1, has its share of the presence weight.
    private (float[] Advantages, float[] Weights) Weigh(List<List<RewardedGroup>> rows, PolicyGroup[][] presences, int[] owners)
    {
        var advantages = new List<float>();
        var isPresence = new List<bool>();
        foreach (var (row, asked) in rows.Zip(presences))
        {
            advantages.AddRange(row.SelectMany(g => g.Advantages.Values).Select(a => (float)a).Concat(asked.Select(_ => 1f)));
            isPresence.AddRange(row.SelectMany(g => g.Advantages.Values).Select(_ => false).Concat(asked.Select(_ => true)));
        }
        var weights = new float[owners.Length];
        foreach (var presence in new[] { false, true })
        {
            var tokens = Enumerable.Range(0, owners.Length).Where(t => isPresence[owners[t]] == presence).ToArray();
            if (tokens.Length == 0) continue;
            var shares = PolicyLoss.Weights([.. tokens.Select(t => owners[t])], _options.Average);
            foreach (var (i, token) in tokens.Index()) weights[token] = shares[i] * (presence ? (float)_options.PresenceWeight : 1) / _options.Accumulate;
        }
        return (Array.ConvertAll(owners, o => advantages[o]), weights);
    }

    // [N] log-probabilities under the model that training began from; null where there is no KL term.
    private Tensor? Reference(PackedGroups packed, Tensor features)
    {
        if (_options.Beta == 0) return null;
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var before = _policy.Reference ?? _model;
        if (_policy.Adapter is { } adapter) adapter.IsOn = false;
        try
        {
            var embeds = PackedForward.Embed(before, packed.InputIds.to(before.Device), packed.VideoStart, features);
            return new PolicyGradient(before).LogProbabilitiesOf(Predicting(Hidden(before, embeds, packed), packed), packed.Targets).MoveToOuterDisposeScope();
        }
        finally
        {
            if (_policy.Adapter is { } again) again.IsOn = true;
        }
    }

    private static Tensor Hidden(QwenModel model, Tensor embeds, PackedGroups packed) =>
        model.Language.Forward(embeds, packed.PositionIds.to(model.Device), packed.Mask.to(model.Device));                  // [B, S, D]

    // [N, D] hidden states that predict the completions' tokens.
    private static Tensor Predicting(Tensor hidden, PackedGroups packed)
    {
        using var scope = NewDisposeScope();
        return hidden.flatten(0, 1).index_select(0, tensor(packed.Sources, device: hidden.device)).MoveToOuterDisposeScope();
    }

    private void Watch(double loss, double norm, int step)
    {
        _broken = double.IsFinite(loss) && double.IsFinite(norm) ? 0 : _broken + 1;
        if (_broken >= MostBrokenSteps)
            throw new TrainerException($"Step {step + 1}: the loss or its gradient has not been finite for {_broken} steps, all of them left out. Lower --lr, or go on from an earlier checkpoint.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        _sampler.Dispose();
    }
}
