namespace TempSamp.Live.Trainer;

/// <summary>How much a viewer would want to see each 2-second clip of an event, 0 to 4.</summary>
public static class SaliencyCurve
{
    /// <summary>Seconds in a clip.</summary>
    public const double ClipSeconds = 2;

    /// <summary>A number from 0 to 4 for each 2-second clip of a video: the event's phase curve, averaged over the clip and 0 outside.</summary>
    /// <param name="truth">The event; null for one that is not there.</param>
    /// <param name="seconds">Length of the video; the last clip may be shorter.</param>
    public static int[] Of(ScenarioEvent? truth, double seconds)
    {
        var clips = new int[(int)Math.Ceiling(seconds / ClipSeconds)];
        for (var i = 0; truth is { } e && i < clips.Length; i++)
        {
            const int Samples = 8;
            var sum = 0.0;
            for (var k = 0; k < Samples; k++)
            {
                var phase = (((i + ((k + 0.5) / Samples)) * ClipSeconds) - e.Start) / e.Length;
                sum += phase is >= 0 and < 1 ? Height(e.Kind, phase) : 0;
            }

            clips[i] = (int)Math.Round(4 * sum / Samples);
        }

        return clips;
    }

    // Shots and replays peak where the ball arrives; everything else rises, stays and fades.
    private static double Height(EventKind kind, double phase) => kind is EventKind.Goal or EventKind.NearMiss or EventKind.GoalReplay
        ? 0.5 + (0.5 * Math.Clamp(1 - (2 * Math.Abs(phase - 0.6)), 0, 1))
        : Math.Clamp(0.6 + (1.6 * Math.Min(phase, 1 - phase)), 0, 1);
}
