using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>How a policy is trained on groups.</summary>
public enum PolicyMethod
{
    /// <summary>The annotation alone, with advantage 1: supervised fine-tuning in the same loop, for comparison at equal steps.</summary>
    Sft,

    /// <summary>Samples of the policy alone.</summary>
    Grpo,

    /// <summary>G - 1 samples and the annotation.</summary>
    TempSamp,
}

/// <summary>What stands for the annotation where the policy is asked to reason first. The paper leaves it open (reference tempsamp-r1.md, section 1.3).</summary>
public enum ThoughtTruth
{
    /// <summary>The thought of the best sampled completion, or an empty one, before the annotated answer.</summary>
    Splice,

    /// <summary>The answer alone, its format reward taken as earned.</summary>
    Answer,

    /// <summary>Nothing: the reasoning phase is GRPO.</summary>
    None,

    /// <summary>
    /// A thought that names the annotated span, before the annotated answer. It shows a model that has never reasoned what a thought looks like, where no sample would earn the
    /// format.
    /// </summary>
    Span,
}

/// <summary>What begins anew with each phase. The paper does not say.</summary>
public enum PhaseRestart
{
    /// <summary>Nothing: one schedule over all phases.</summary>
    None,

    /// <summary>The learning rate's schedule.</summary>
    Rate,

    /// <summary>The schedule, and the optimiser's memory of past gradients.</summary>
    Optimizer,
}

/// <summary>Which reward the nonlinear map takes. The paper writes r; with a format reward in it the threshold would mean nothing, so its task part is assumed.</summary>
public enum ShapedReward
{
    /// <summary>The task reward; the format reward is added afterwards.</summary>
    Task,

    /// <summary>Task and format together.</summary>
    Total,
}

/// <summary>Negative controls: training that must not work, to show that the method does.</summary>
public enum NegativeControl
{
    /// <summary>None: training as it should be.</summary>
    None,

    /// <summary>The annotation written down is a random span of the same length; rewards still go by the true one, but the random one is taken as right.</summary>
    RandomTruth,

    /// <summary>The rewards of a group are dealt out anew among its solutions.</summary>
    ShuffledRewards,
}

/// <summary>What the policy is asked for.</summary>
public enum PolicyTask
{
    /// <summary>The span of an event; rewarded by IoU.</summary>
    Moment,

    /// <summary>Highlight times and their saliency, as QVHighlights wants; videos are taken whole.</summary>
    Highlight,
}

/// <summary>A stretch of training with one kind of prompt.</summary>
/// <param name="Steps">Optimiser steps.</param>
/// <param name="Thinking">Whether the policy is asked to reason before it answers, and rewarded for the form.</param>
public readonly record struct PolicyPhase(int Steps, bool Thinking);

/// <summary>Options of group training. Defaults are the paper's where it gives a value; the rest say what they follow (reference tempsamp-r1.md, sections 3 and 9).</summary>
public sealed record PolicyOptions
{
    /// <summary>Who is in a group.</summary>
    public PolicyMethod Method { get; init; } = PolicyMethod.TempSamp;

    /// <summary>What is done about the annotation's reward. Default the method's.</summary>
    public AdvantageShaping Shaping { get; init; } = AdvantageShaping.Nonlinear;

    /// <summary>Constants of the shaping.</summary>
    public ShapingConstants Constants { get; init; } = new();

    /// <summary>Solutions of a question in all, the annotation included. Default 8, the paper's main setting.</summary>
    public int Solutions { get; init; } = 8;

    /// <summary>The stretches of training. Default one of 200 steps without reasoning.</summary>
    public IReadOnlyList<PolicyPhase> Phases { get; init; } = [new(200, Thinking: false)];

    /// <summary>Windows a forward pass.</summary>
    public int Windows { get; init; } = 4;

    /// <summary>Questions a window.</summary>
    public int Questions { get; init; } = 2;

    /// <summary>Forward passes whose gradients make one step. Default 1; the paper's is 2.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Length of a window in seconds; 0 takes each video whole, one a forward pass.</summary>
    public int WindowSeconds { get; init; }

    /// <summary>Length of the shortest window in seconds: each forward pass draws one from here to <see cref="WindowSeconds"/>. Default 0, all are as long as those.</summary>
    public int ShortestSeconds { get; init; }

    /// <summary>Share of the windows that end while an event goes on: they teach presence to wait for the outcome. Default 0, windows lie anywhere.</summary>
    public double EdgeShare { get; init; }

    /// <summary>Highest learning rate. Default 1e-6, the paper's for 7B; the small model wants about 1e-4.</summary>
    public double LearningRate { get; init; } = 1e-6;

    /// <summary>What the rate does after the warm-up; it runs over all phases. Default linear, as the stand-in for the paper's code.</summary>
    public RateSchedule Schedule { get; init; } = RateSchedule.Linear;

    /// <summary>Steps of the warm-up. Default 0.</summary>
    public int WarmUp { get; init; }

    /// <summary>Weight decay. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Greatest norm of the gradients. Default 1.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Temperature of the samples. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Nucleus of the samples. Default 1, no nucleus.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only so many of the likeliest tokens are drawn from. Default 0, all; TimeZero has 50.</summary>
    public int TopK { get; init; }

    /// <summary>Most tokens of a sampled answer without reasoning. Default 32.</summary>
    public int AnswerTokens { get; init; } = 32;

    /// <summary>Most tokens of a sampled answer with reasoning. Default 256.</summary>
    public int ThoughtTokens { get; init; } = 256;

    /// <summary>Weight of the KL term against the model that training began from. Default 0, no reference is kept; TimeZero has 0.04.</summary>
    public double Beta { get; init; }

    /// <summary>Over what the loss is averaged. Default sequences.</summary>
    public LossAverage Average { get; init; } = LossAverage.Sequence;

    /// <summary>Added to the deviation of a group's rewards. Default 1e-4, TimeZero's.</summary>
    public double Epsilon { get; init; } = 1e-4;

    /// <summary>Weight of the format reward while reasoning. Default 1, TimeZero's; the release has 0.1.</summary>
    public double FormatWeight { get; init; } = 1;

    /// <summary>What stands for the annotation while reasoning. Default splice.</summary>
    public ThoughtTruth ThoughtTruth { get; init; } = ThoughtTruth.Splice;

    /// <summary>What the nonlinear map takes. Default the task reward.</summary>
    public ShapedReward Shaped { get; init; } = ShapedReward.Task;

    /// <summary>What begins anew with each phase. Default nothing.</summary>
    public PhaseRestart Restart { get; init; } = PhaseRestart.None;

    /// <summary>What the policy is asked for. Default the span of an event.</summary>
    public PolicyTask Task { get; init; } = PolicyTask.Moment;

    /// <summary>Constants and choices of the highlight reward.</summary>
    public HighlightRewardOptions Highlights { get; init; } = new();

    /// <summary>Ask in lower case, as TimeZero trains; it is evaluated as written. Default as written in both.</summary>
    public bool LowerCase { get; init; }

    /// <summary>Train a low-rank adapter and leave the model's own weights alone. Default null, all weights of the decoder.</summary>
    public LoraOptions? Lora { get; init; }

    /// <summary>Train the vision tower too. Default frozen: its features are computed once. The paper does not say; its stand-in tunes, the release freezes.</summary>
    public bool TuneTower { get; init; }

    /// <summary>Keep only what goes into each layer and compute the rest again in the backward pass. Default off.</summary>
    public bool CheckpointActivations { get; init; }

    /// <summary>Yes-or-no questions a window that are learnt beside the groups, so that the model does not forget to say no. Default 0, as in the paper.</summary>
    public int Presences { get; init; }

    /// <summary>Weight of the mean loss of the yes-or-no answers. Default 1.</summary>
    public double PresenceWeight { get; init; } = 1;

    /// <summary>A negative control instead of training as it should be. Default none.</summary>
    public NegativeControl Control { get; init; } = NegativeControl.None;

    /// <summary>Seed of windows, questions and samples.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Optimiser steps in all.</summary>
    public int Steps => Phases.Sum(p => p.Steps);

    /// <summary>Completions sampled for a question.</summary>
    public int Sampled => Method switch { PolicyMethod.Sft => 0, PolicyMethod.Grpo => Solutions, _ => Solutions - 1 };

    /// <summary>The phase of a step, counted from 0.</summary>
    public PolicyPhase PhaseOf(int step) => Place(step).Phase;

    /// <summary>The learning rate of a step, counted from 0.</summary>
    public double RateOf(int step)
    {
        var (phase, inside) = Place(step);
        return Restart == PhaseRestart.None
            ? new LearningRate(LearningRate, WarmUp, Steps, Schedule).At(step)
            : new LearningRate(LearningRate, WarmUp, phase.Steps, Schedule).At(inside);
    }

    /// <summary>Whether the optimiser forgets before a step.</summary>
    public bool ForgetsBefore(int step) => Restart == PhaseRestart.Optimizer && step > 0 && Place(step).Inside == 0;

    private (PolicyPhase Phase, int Inside) Place(int step)
    {
        foreach (var phase in Phases)
        {
            if (step < phase.Steps) return (phase, step);
            step -= phase.Steps;
        }
        return (Phases[^1], step);
    }
}
