namespace TempSamp.Live.Trainer;

/// <summary>Linear warm-up, then a cosine down to a thousandth of the peak.</summary>
/// <param name="Peak">Highest rate.</param>
/// <param name="WarmUp">Steps of the rise.</param>
/// <param name="Steps">Steps in all.</param>
public readonly record struct LearningRate(double Peak, int WarmUp, int Steps)
{
    /// <summary>The rate at a step, counted from 0.</summary>
    public double At(int step)
    {
        if (step < WarmUp) return Peak * (step + 1) / WarmUp;
        var progress = Math.Clamp((step - WarmUp) / (double)Math.Max(1, Steps - WarmUp), 0, 1);
        return Peak * (0.001 + 0.999 * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }
}
