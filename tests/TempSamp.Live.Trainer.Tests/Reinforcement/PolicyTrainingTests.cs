using TempSamp.Live.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

/// <summary>Steps of the loop on a small model and clips of random pictures.</summary>
public sealed class PolicyTrainingTests : IDisposable
{
    private readonly GroupFixture _fixture = new();
    private readonly List<IDisposable> _owned = [];

    public void Dispose()
    {
        foreach (var owned in _owned) owned.Dispose();
        _fixture.Dispose();
    }

    private QwenModel Model => _fixture.Model;

    private static readonly PolicyOptions s_options = new()
    {
        Phases = [new(40, Thinking: false)], Solutions = 3, Windows = 2, Questions = 1, WindowSeconds = GroupFixture.Pairs, LearningRate = 1e-3, Schedule = RateSchedule.Constant, AnswerTokens = 4,
    };

    private FeatureBank Bank(bool learning = false)
    {
        var random = new Random(4);
        var frames = Enumerable.Range(0, 2 * 6).Select(_ =>
        {
            var frame = new byte[MiniModel.FrameHeight * MiniModel.FrameWidth * 3];
            random.NextBytes(frame);
            return frame;
        }).ToArray();
        var clip = new TrainingClip(6, [new("goal", ["a goal is scored"], [new(1, 5)]) { Saliency = new Dictionary<int, double> { [1] = 3, [2] = 1.5 } }, new("card", ["a red card"], [])], slot => frames[slot]);
        var cutter = new ClipPatches(new FrameProcessor(PreprocessorConfig.Default), new FrameSize(MiniModel.FrameHeight, MiniModel.FrameWidth), 14);
        var bank = FeatureBank.Encode(Model.Vision, _ => clip, 1, cutter, 1, _ => { }, default, learning: learning);
        _owned.Add(bank);
        return bank;
    }

    private PolicyTraining Training(PolicyOptions options, LoraAdapter? adapter = null, QwenModel? reference = null, GroundingProfile? profile = null)
    {
        foreach (var parameter in Model.parameters()) parameter.requires_grad_(false);
        List<(string, Parameter)> trained = adapter is null ? [.. Model.Language.named_parameters()] : [.. adapter.Parameters.Select(p => (p.Key, p.Value))];
        if (options.TuneTower) trained.AddRange(Model.Vision.named_parameters());
        foreach (var (_, parameter) in trained) parameter.requires_grad_(true);
        var training = new PolicyTraining(new(Model, trained, adapter, reference), _fixture.Tokenizer, profile ?? _fixture.Profile, options, ScalarType.Float32);
        _owned.Add(training);
        return training;
    }

    private Dictionary<string, Tensor> Gradients() => Model.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!.clone());

    [Fact]
    public void Activations_that_are_computed_again_give_the_same_gradients()
    {
        using var scope = NewDisposeScope();
        var options = s_options with { LearningRate = 0, TuneTower = true };
        var bank = Bank(learning: true);
        Training(options).Step(bank, 0);
        var kept = Gradients();

        Training(options with { CheckpointActivations = true }).Step(bank, 0);

        var again = Gradients();
        Assert.Equal(kept.Keys.Order(), again.Keys.Order());
        Assert.Contains(kept.Keys, k => k.StartsWith("visual.", StringComparison.Ordinal));
        foreach (var (name, gradient) in kept)
        {
            var (scale, off) = (gradient.abs().max().item<float>(), (gradient - again[name]).abs().max().item<float>());
            Assert.True(off <= 1e-4 * Math.Max(scale, 1e-4), $"{name}: off by {off} at {scale}");
        }
    }

    [Fact]
    public void A_frozen_tower_stays_as_it_is_and_a_tuned_one_moves()
    {
        float Tower() => Model.Vision.parameters().Sum(p => p.detach().to(ScalarType.Float64).abs().sum().item<double>()) is var sum ? (float)sum : 0;
        var before = Tower();
        Training(s_options).Step(Bank(), 0);
        Assert.Equal(before, Tower());

        Training(s_options with { TuneTower = true }).Step(Bank(learning: true), 0);
        Assert.NotEqual(before, Tower());
    }

    [Fact]
    public void The_reference_of_an_adapter_is_the_model_without_it()
    {
        foreach (var parameter in Model.parameters()) parameter.requires_grad_(false);
        using var adapter = LoraAdapter.Create(Model, new() { Rank = 4 });
        var (training, bank) = (Training(s_options with { Lora = new(), Beta = 0.04, LearningRate = 1e-2 }, adapter), Bank());

        Assert.Equal(0, training.Step(bank, 0).Divergence, 6);
        Assert.True(training.Step(bank, 1).Divergence > 1e-5);
        Assert.True(adapter.IsOn);
    }

    [Fact]
    public void A_second_copy_as_reference_gives_the_same_divergence_as_an_adapter_switched_off()
    {
        using var copy = QwenModel.Create(Model.Config, seed: 3);
        foreach (var parameter in Model.parameters()) parameter.requires_grad_(false);
        using var adapter = LoraAdapter.Create(Model, new() { Rank = 4 });
        using (no_grad()) foreach (var b in adapter.Parameters.Where(p => p.Key.Contains("lora_B", StringComparison.Ordinal))) b.Value.fill_(0.01);
        var options = s_options with { Beta = 0.04, LearningRate = 0 };
        var bank = Bank();

        var off = Training(options, adapter).Step(bank, 0).Divergence;

        Assert.True(off > 1e-6);
        Assert.Equal(Training(options, adapter: null, copy).Step(bank, 0).Divergence, off, 5);
    }

    [Fact]
    public void Yes_and_no_are_learnt_beside_the_groups_and_forgotten_by_none()
    {
        var (training, bank) = (Training(s_options with { Method = PolicyMethod.Sft, Presences = 2, PresenceWeight = 2, LearningRate = 2e-3 }), Bank());
        for (var step = 0; step < 40; step++) training.Step(bank, step);

        var packer = new QuestionPacker(_fixture.Tokenizer, _fixture.Profile, Model.Config);
        var scores = new HeldOutScore(Model, _fixture.Tokenizer, packer, bank).Measure(8, GroupFixture.Pairs, seed: 1);

        Assert.Equal(1, scores.PresenceAuroc);
    }

    [Fact]
    public void Highlights_are_asked_of_whole_videos_in_the_paper_s_words_and_scored_by_their_reward()
    {
        var profile = _fixture.Profile with { PromptStyle = PromptStyle.Paper, AnswerFormat = AnswerFormat.Of(PromptStyle.Paper) };
        var options = s_options with { Task = PolicyTask.Highlight, WindowSeconds = 0, Solutions = 2 };
        var (training, bank) = (Training(options, profile: profile), Bank());

        var step = training.Step(bank, 0);
        var score = new FreeScore(Model, _fixture.Tokenizer, profile, bank, options, ScalarType.Float32).Measure(2, seed: 1);

        Assert.Equal([0.0], step.Samples);                                  // an untrained model names nothing
        Assert.Equal(1, step.Unparsed);
        Assert.True(double.IsFinite(step.GradientNorm) && step.GradientNorm > 0);
        Assert.Equal((2, 0), (score.Spans, score.MeanIoU));
        var asked = new GroupBuilder(_fixture.Tokenizer, profile, _fixture.End, options).Ask(GroupFixture.Question("a cat") with { Highlights = new Dictionary<int, double> { [1] = 3 } }, thinking: true);
        Assert.Contains("Now I will give you the sentence query: 'a cat'", _fixture.Tokenizer.Decode(asked.Prompt), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PromptStyle.Short, "<think>00.5 to 02.0</think><answer>00.5 to 02.0</answer>")]
    [InlineData(PromptStyle.Paper, "<think><timestep>0.50 to 2.00</timestep></think><answer>0.50 to 2.00</answer>")]
    public void An_annotated_thought_names_the_span_that_the_answer_then_gives(PromptStyle style, string expected)
    {
        var profile = _fixture.Profile with { PromptStyle = style, AnswerFormat = AnswerFormat.Of(style) };
        var builder = new GroupBuilder(_fixture.Tokenizer, profile, _fixture.End, s_options with { Method = PolicyMethod.Sft, ThoughtTruth = ThoughtTruth.Span });

        var solution = Assert.Single(builder.Build(builder.Ask(GroupFixture.Question("a goal"), thinking: true), [], thinking: true, seconds: 3, new Random(1)).Group.Completions);

        Assert.Equal(expected, solution.Text);
        Assert.Equal(1, Rewards.Format(solution.Text));
    }

    [Fact]
    public void Windows_are_drawn_as_long_as_the_range_says()
    {
        using var scope = NewDisposeScope();
        var (bank, options) = (Bank(), s_options with { WindowSeconds = 5, ShortestSeconds = 3 });
        var lengths = Enumerable.Range(0, 30).Select(i => PolicyBatch.Draw(bank, options, 15, ScalarType.Float32, new Random(i))).ToList();

        Assert.Equal([3, 4, 5], lengths.Select(b => b.Pairs).Distinct().Order());
        Assert.All(lengths, b => Assert.Equal(b.Pairs * 15, b.Features.shape[1]));
        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal(5, PolicyBatch.Draw(bank, options with { ShortestSeconds = 0 }, 15, ScalarType.Float32, new Random(i)).Pairs));
    }

    [Fact]
    public void Negative_controls_write_a_random_span_down_and_deal_rewards_out_anew()
    {
        var question = new PolicyQuestion([], new(2, 5));
        RewardedGroup Group(NegativeControl control, int seed) => new GroupBuilder(_fixture.Tokenizer, _fixture.Profile, _fixture.End, s_options with { Control = control }).Build(
            question, [_fixture.Says("<answer>02.0 to 05.0</answer>"), _fixture.Says("<answer>03.0 to 05.0</answer>"), _fixture.Says("no")], thinking: false, seconds: 60, new Random(seed));

        var plain = Group(NegativeControl.None, 1);
        Assert.Equal("<answer>02.0 to 05.0</answer>", plain.Group.Completions[^1].Text);
        Assert.NotEqual(plain.Group.Completions[^1].Text, Group(NegativeControl.RandomTruth, 1).Group.Completions[^1].Text);
        var dealt = Enumerable.Range(0, 20).Select(seed => Group(NegativeControl.ShuffledRewards, seed).Rewards.Select(r => r.Task).ToArray()).ToArray();
        Assert.All(dealt, rewards => Assert.Equal(plain.Rewards.Select(r => r.Task).Order(), rewards.Order()));
        Assert.Contains(dealt, rewards => !rewards.SequenceEqual(plain.Rewards.Select(r => r.Task)));
    }

    [Fact]
    public void Weights_that_are_no_numbers_end_a_run_with_the_reason()
    {
        using (no_grad()) Model.Language.parameters().First().fill_(float.NaN);

        Assert.Contains("not finite: its weights have grown", Assert.Throws<TrainerException>(() => Training(s_options).Step(Bank(), 0)).Message);
        var training = Training(s_options with { Method = PolicyMethod.Sft });
        var bank = Bank();
        for (var step = 0; step < 4; step++) training.Step(bank, step);
        Assert.Contains("has not been finite for 5 steps", Assert.Throws<TrainerException>(() => training.Step(bank, 4)).Message);
    }

    [Fact]
    public void A_phase_that_begins_anew_has_its_own_schedule_and_an_optimiser_without_memory()
    {
        var once = s_options with { Phases = [new(10, false), new(10, true)], Schedule = RateSchedule.Linear };
        var anew = once with { Restart = PhaseRestart.Optimizer };

        Assert.Equal(once.LearningRate / 2, once.RateOf(10), 12);
        Assert.Equal(once.LearningRate, anew.RateOf(10), 12);
        Assert.Equal([false, true, false], new[] { 0, 10, 11 }.Select(anew.ForgetsBefore));
        Assert.False(once.ForgetsBefore(10));
        Assert.False((once with { Restart = PhaseRestart.Rate }).ForgetsBefore(10));
    }

    [Fact]
    public void The_optimiser_steps_as_libtorch_s_own()
    {
        using var scope = NewDisposeScope();
        var (ours, theirs) = (new Parameter(randn(5, 3)), new Parameter(zeros(5, 3)));
        using (no_grad()) theirs.copy_(ours);
        using var optimizer = new AdamW([ours], 0.9, 0.95, 1e-8, 0.1);
        using var reference = optim.AdamW([theirs], 0.01, 0.9, 0.95, 1e-8, 0.1);
        for (var step = 0; step < 5; step++)
        {
            var gradient = randn(5, 3);
            (ours.grad, theirs.grad) = (gradient.clone(), gradient.clone());
            optimizer.Step(0.01, clip: 1e9);
            reference.step();
            Assert.True(ours.allclose(theirs, 1e-6, 1e-6), $"step {step}");
        }
    }
}
