namespace TempSamp.Live.Trainer;

/// <summary>The truth: <paramref name="Kind"/> happens in [<paramref name="Start"/>, <paramref name="End"/>) seconds, on a grid of 0.5 s.</summary>
public readonly record struct ScenarioEvent(EventKind Kind, double Start, double End)
{
    /// <summary>Seconds it lasts.</summary>
    public double Length => End - Start;
}
