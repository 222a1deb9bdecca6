namespace TempSamp.Live.Core;

/// <summary>When sightings are the same occurrence, and when an occurrence has settled.</summary>
public sealed record TrackerOptions
{
    /// <summary>Windows that must have seen a moment's end before it settles; at least 1. A moment that fewer windows could judge settles on those, late. Default 2.</summary>
    public int MinSightings { get; init; } = 2;

    /// <summary>How far a window must look past a moment's end before that end counts as final. Default 1 s.</summary>
    public TimeSpan SettleMargin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A span that comes this close to an edge of its window is cut off there: that edge of it says nothing. Default 0.5 s.</summary>
    public TimeSpan EdgeMargin { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Two spans are one occurrence when they share this part of the shorter one, in (0, 1]. Default 0.5.</summary>
    public double MinOverlap { get; init; } = 0.5;

    /// <summary>Two spans are also one occurrence when their centres lie this close; keeps short events, seen a second apart, together. Ends this close are one end. Default 1.5 s.</summary>
    public TimeSpan Near { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Lowest share, in [0, 1], of the windows that hold the whole moment and must have seen it. Default 0.5.</summary>
    public double MinAgreement { get; init; } = 0.5;

    /// <summary>
    /// A presence speaks of its whole window, so where the window shows at least this part of a moment that was told, in (0, 1], it says nothing of a second one: that waits for a
    /// window of its own, and what windows of its own deny is not told. Default 0.3.
    /// </summary>
    public double MinShown { get; init; } = 0.3;

    /// <summary>
    /// Lowest confidence in [0, 1] that a sighting must have in its span, where the whole posterior of spans was weighed: one that expects less overlap with the truth says
    /// that the event is there but not when. Default 0.45.
    /// </summary>
    public double MinConfidence { get; init; } = 0.45;

    /// <summary>How long a settled moment is remembered, so that late windows cannot settle it again; longer than any window. Default 5 min.</summary>
    public TimeSpan Memory { get; init; } = TimeSpan.FromMinutes(5);
}
