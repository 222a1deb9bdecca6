namespace TempSamp.Live.Core;

/// <summary>How a settled moment becomes a clip.</summary>
/// <param name="PadBefore">Added before the moment.</param>
/// <param name="PadAfter">Added after the moment.</param>
/// <param name="MinLength">Shorter clips are widened around their centre.</param>
/// <param name="MaxLength">Longer clips keep their end.</param>
/// <param name="Cooldown">Moments of the same query that start sooner than this after the last clip's end are refused.</param>
public sealed record ClipPolicy(TimeSpan PadBefore, TimeSpan PadAfter, TimeSpan MinLength, TimeSpan MaxLength, TimeSpan Cooldown)
{
    /// <summary>Half a second around the moment, 2 s to 60 s long, no cooldown.</summary>
    public static readonly ClipPolicy Default = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60), TimeSpan.Zero);

    /// <summary>How it is cut and what is made beside the MP4.</summary>
    public ClipForm Form { get; init; } = ClipForm.Default;
}
