namespace TempSamp.Live.Core;

/// <summary>Where an input goes on with a session's timeline.</summary>
/// <param name="At">Media time of its first video frame.</param>
/// <param name="Epoch">Number of its first epoch; every input of a session begins a new one.</param>
public readonly record struct TimelinePlace(MediaTime At, int Epoch)
{
    /// <summary>The start of a session.</summary>
    public static readonly TimelinePlace Start;
}
