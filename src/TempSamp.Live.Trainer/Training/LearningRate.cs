namespace TempSamp.Live.Trainer;

/// <summary>What the learning rate does after the warm-up.</summary>
public enum RateSchedule
{
    /// <summary>A cosine down to a thousandth of the peak.</summary>
    Cosine,

    /// <summary>A straight line down to 0 at the end.</summary>
    Linear,

    /// <summary>Stays at the peak.</summary>
    Constant,
}

/// <summary>Linear warm-up, then a schedule.</summary>
/// <param name="Peak">Highest rate.</param>
/// <param name="WarmUp">Steps of the rise.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Schedule">What follows the rise.</param>
public readonly record struct LearningRate(double Peak, int WarmUp, int Steps, RateSchedule Schedule = RateSchedule.Cosine)
{
    /// <summary>The rate at a step, counted from 0.</summary>
    public double At(int step)
    {
        if (step < WarmUp) return Peak * (step + 1) / WarmUp;
        var progress = Math.Clamp((step - WarmUp) / (double)Math.Max(1, Steps - WarmUp), 0, 1);
        return Schedule switch
        {
            RateSchedule.Constant => Peak,
            RateSchedule.Linear => Peak * (1 - progress),
            _ => Peak * (0.001 + 0.999 * 0.5 * (1 + Math.Cos(Math.PI * progress))),
        };
    }
}
