namespace TempSamp.Live.Trainer;

/// <summary>How the annotation's reward is kept from drowning the policy's own (TempSamp-R1, section 3.2).</summary>
public enum AdvantageShaping
{
    /// <summary>Mixed policy as it is: the annotation counts with its full reward.</summary>
    None,

    /// <summary>The annotation's task reward is bounded to a share of the highest possible one.</summary>
    Downscale,

    /// <summary>Advantages come from the policy's own rewards only; the annotation gets the best of them times a factor (Eq. 3).</summary>
    Anchor,

    /// <summary>Every task reward passes an asymmetric map, logarithmic above a threshold and exponential below (Eq. 4). The method.</summary>
    Nonlinear,
}

/// <summary>Constants of the shapings; the defaults are the paper's.</summary>
public sealed record ShapingConstants
{
    /// <summary>τ of Eq. 4: the reward where the map changes from exponential to logarithmic. Default 0.8.</summary>
    public double Threshold { get; init; } = 0.8;

    /// <summary>α1 of Eq. 4: height of the logarithmic branch. Default 0.01.</summary>
    public double Alpha1 { get; init; } = 0.01;

    /// <summary>α2 of Eq. 4: bend of the exponential branch. Default 1.</summary>
    public double Alpha2 { get; init; } = 1;

    /// <summary>Share of the highest possible task reward that the annotation keeps under <see cref="AdvantageShaping.Downscale"/>. Default 0.8.</summary>
    public double DownscaleShare { get; init; } = 0.8;

    /// <summary>λ_off of Eq. 3: the annotation's advantage as a multiple of the best on-policy one. Default 1.2.</summary>
    public double AnchorFactor { get; init; } = 1.2;

    /// <summary>The asymmetric map of Eq. 4.</summary>
    /// <param name="reward">A task reward in [0, 1].</param>
    /// <returns>In [0.086764, 0.801823] for the default constants.</returns>
    public double Map(double reward) => reward >= Threshold
        ? Threshold + Alpha1 * Math.Log(reward - Threshold + 1)
        : Threshold - (Math.Exp(Alpha2 * (Threshold - reward)) - 1) / (Math.Exp(Alpha2) - 1);
}
