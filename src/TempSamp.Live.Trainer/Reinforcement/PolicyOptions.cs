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

    /// <summary>What stands for the annotation while reasoning.</summary>
    public ThoughtTruth ThoughtTruth { get; init; } = ThoughtTruth.Splice;

    /// <summary>Seed of windows, questions and samples.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Optimiser steps in all.</summary>
    public int Steps => Phases.Sum(p => p.Steps);

    /// <summary>Completions sampled for a question.</summary>
    public int Sampled => Method switch { PolicyMethod.Sft => 0, PolicyMethod.Grpo => Solutions, _ => Solutions - 1 };

    /// <summary>The phase of a step, counted from 0.</summary>
    public PolicyPhase PhaseOf(int step)
    {
        foreach (var phase in Phases)
        {
            if (step < phase.Steps) return phase;
            step -= phase.Steps;
        }
        return Phases[^1];
    }
}
