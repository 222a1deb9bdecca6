using System.Text.Json;
using System.Text.Json.Serialization;

namespace TempSamp.Live.Trainer;

/// <summary>What one optimiser step did: a line of <c>metrics.jsonl</c>. Shares and means are over sampled solutions, the annotation left out.</summary>
public sealed record StepReport
{
    /// <summary>Number of the step, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Whether the policy reasoned.</summary>
    public required bool Thinking { get; init; }

    /// <summary>The loss.</summary>
    public required double Loss { get; init; }

    /// <summary>Mean total reward.</summary>
    public double? Reward { get; init; }

    /// <summary>Mean task reward: IoU, or the highlight reward.</summary>
    public double? IoU { get; init; }

    /// <summary>The task reward of each sampled solution, for the spread over a run.</summary>
    public IReadOnlyList<double>? Samples { get; init; }

    /// <summary>Share whose answer does not parse.</summary>
    public double? Unparsed { get; init; }

    /// <summary>Skewness of all advantages, the annotation's included (TempSamp-R1, figure 3); null where they are all equal.</summary>
    public double? AdvantageSkewness { get; init; }

    /// <summary>Share of groups whose rewards are all equal.</summary>
    public double? DeadGroups { get; init; }

    /// <summary>Mean entropy of a token's choice in nats.</summary>
    public required double Entropy { get; init; }

    /// <summary>Mean k3 against the reference; 0 without one.</summary>
    public required double Divergence { get; init; }

    /// <summary>Norm of the gradients before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Solution tokens learnt from.</summary>
    public required int Tokens { get; init; }

    /// <summary>Wall-clock seconds of the step.</summary>
    public required double Seconds { get; init; }

    /// <summary>Scores on held-out windows after the step; null for a step without a validation.</summary>
    public WindowScores? Validation { get; init; }

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads a line back.</summary>
    public static StepReport? FromJson(string line) => JsonSerializer.Deserialize<StepReport>(line, s_json);

    /// <summary>What is drawn over the steps, by name; what a step does not have is left out.</summary>
    public IEnumerable<(string Tag, double Value)> Scalars()
    {
        (string, double?)[] all =
        [
            ("reward/total", Reward), ("reward/task", IoU), ("reward/unparsed", Unparsed), ("advantage/skewness", AdvantageSkewness), ("advantage/dead groups", DeadGroups),
            ("policy/loss", Loss), ("policy/entropy", Entropy), ("policy/divergence", Divergence), ("policy/gradient norm", GradientNorm),
            ("speed/learning rate", LearningRate), ("speed/tokens a second", Tokens / Seconds),
            ("validation/mIoU", Validation?.MeanIoU), ("validation/R1@0.5", Validation?.R1At5), ("validation/R1@0.7", Validation?.R1At7), ("validation/presence AUROC", Validation?.PresenceAuroc),
        ];
        return all.Where(s => s.Item2 is { } value && double.IsFinite(value)).Select(s => (s.Item1, s.Item2!.Value));
    }

    /// <summary>Summarises the groups of a step into a report whose other fields are given.</summary>
    public static StepReport Of(IReadOnlyList<RewardedGroup> groups, StepReport step)
    {
        var own = groups.SelectMany(g => g.Group.Completions.Zip(g.Rewards)).Where(c => !c.First.IsAnnotation).ToList();
        if (own.Count == 0) return step;
        return step with
        {
            Reward = own.Average(c => c.Second.Total),
            IoU = own.Average(c => c.Second.Task),
            Samples = [.. own.Select(c => Math.Round(c.Second.Task, 4))],
            Unparsed = groups.SelectMany(g => g.Group.Completions.Where(c => !c.IsAnnotation).Select(c => Parses(c, g.Group.Question) ? 0.0 : 1)).Average(),
            AdvantageSkewness = Skewness([.. groups.SelectMany(g => g.Advantages.Values)]),
            DeadGroups = groups.Average(g => g.Advantages.IsDead ? 1.0 : 0),
        };
    }

    /// <summary>Whether an answer has the form that its question asks for.</summary>
    internal static bool Parses(Completion completion, PolicyQuestion question) =>
        question.Highlights is null ? Model.GroundingAnswer.Parse(completion.Text) is not null : HighlightAnswer.ParseBlock(completion.Text) is not null;

    /// <summary>Third standardised moment; null where nothing varies.</summary>
    public static double? Skewness(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        var second = values.Average(v => (v - mean) * (v - mean));
        return second > 0 ? values.Average(v => Math.Pow(v - mean, 3)) / Math.Pow(second, 1.5) : null;
    }
}
