namespace TempSamp.Live.Trainer;

/// <summary>What a completion earned.</summary>
/// <param name="Task">How right it is, in [0, 1]: IoU, or the highlight reward.</param>
/// <param name="Format">How well it keeps the form, already weighted; never shaped. 0 where the phase has no format reward.</param>
public readonly record struct Reward(double Task, double Format = 0)
{
    /// <summary>What a report shows.</summary>
    public double Total => Task + Format;
}

/// <summary>The arithmetic of one group, from rewards to advantages.</summary>
/// <param name="Shaped">Rewards that were normalised, on-policy first, the annotation last where there is one.</param>
/// <param name="Mean">Their mean; under anchoring that of the on-policy rows.</param>
/// <param name="Deviation">Their standard deviation with n - 1; likewise.</param>
/// <param name="Values">One advantage a row.</param>
public sealed record GroupAdvantages(IReadOnlyList<double> Shaped, double Mean, double Deviation, IReadOnlyList<double> Values)
{
    /// <summary>No row stands out: the group teaches nothing.</summary>
    public bool IsDead => Values.All(a => a == 0);

    /// <summary>Normalised advantages of a group (TempSamp-R1 Eq. 2 to 4).</summary>
    /// <param name="onPolicy">Rewards of the sampled completions; at least two, or one beside an annotation.</param>
    /// <param name="annotation">Reward of the annotation's completion; null for GRPO, which has none.</param>
    /// <param name="shaping">What is done about the annotation's reward.</param>
    /// <param name="constants">Constants of the shaping.</param>
    /// <param name="epsilon">Added to the deviation. A group whose rewards are all equal has advantages 0 whatever it is.</param>
    /// <param name="shaped">Which part of a reward the nonlinear map takes.</param>
    /// <exception cref="ArgumentException">Too few rewards to normalise.</exception>
    public static GroupAdvantages Of(IReadOnlyList<Reward> onPolicy, Reward? annotation, AdvantageShaping shaping, ShapingConstants constants, double epsilon = 0, ShapedReward shaped = ShapedReward.Task)
    {
        var anchored = shaping == AdvantageShaping.Anchor && annotation is not null;
        double Shape(Reward r) => shaping != AdvantageShaping.Nonlinear ? r.Total
            : shaped == ShapedReward.Task ? constants.Map(r.Task) + r.Format : constants.Map(r.Total);
        var own = onPolicy.Select(Shape).ToArray();
        double[] all = annotation is not { } truth ? own
            : [.. own, Shape(shaping == AdvantageShaping.Downscale ? truth with { Task = constants.DownscaleShare * truth.Task } : truth)];

        var normalised = anchored ? own : all;
        if (normalised.Length < 2) throw new ArgumentException($"{normalised.Length} rewards cannot be normalised: a group needs at least two.", nameof(onPolicy));
        var mean = normalised.Average();
        var deviation = Math.Sqrt(normalised.Sum(r => (r - mean) * (r - mean)) / (normalised.Length - 1));
        var isTied = normalised.Max() - normalised.Min() < Tie;
        var values = normalised.Select(r => isTied ? 0 : (r - mean) / (deviation + epsilon)).ToList();
        if (anchored) values.Add(constants.AnchorFactor * values.Max());
        return new(all, mean, isTied ? 0 : deviation, values);
    }

    // Rewards closer than this are equal up to the rounding of their sums.
    private const double Tie = 1e-12;
}
