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

    /// <summary>Mean IoU.</summary>
    public double? IoU { get; init; }

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

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads a line back.</summary>
    public static StepReport? FromJson(string line) => JsonSerializer.Deserialize<StepReport>(line, s_json);

    /// <summary>Summarises the groups of a step into a report whose other fields are given.</summary>
    public static StepReport Of(IReadOnlyList<RewardedGroup> groups, StepReport step)
    {
        var own = groups.SelectMany(g => g.Group.Completions.Zip(g.Rewards)).Where(c => !c.First.IsAnnotation).ToList();
        if (own.Count == 0) return step;
        return step with
        {
            Reward = own.Average(c => c.Second.Total),
            IoU = own.Average(c => c.Second.Task),
            Unparsed = own.Average(c => Model.GroundingAnswer.Parse(c.First.Text) is null ? 1.0 : 0),
            AdvantageSkewness = Skewness([.. groups.SelectMany(g => g.Advantages.Values)]),
            DeadGroups = groups.Average(g => g.Advantages.IsDead ? 1.0 : 0),
        };
    }

    /// <summary>Third standardised moment; null where nothing varies.</summary>
    public static double? Skewness(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        var second = values.Average(v => (v - mean) * (v - mean));
        return second > 0 ? values.Average(v => Math.Pow(v - mean, 3)) / Math.Pow(second, 1.5) : null;
    }
}
