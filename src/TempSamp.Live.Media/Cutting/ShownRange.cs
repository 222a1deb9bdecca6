using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Where the last frame of a clip ends.</summary>
internal static class ShownRange
{
    /// <summary>Frames that stand longer than this belong to slides or gaps: a clip does not run on after its asked end because of them.</summary>
    private static readonly MediaTime s_longFrame = MediaTime.FromSeconds(0.25);

    private const double UsualFrame = 0.04;

    /// <summary>The end of the last frame: when the next is shown, or after its own length; not after the asked end when it stands for long.</summary>
    /// <param name="last">When the last frame is shown.</param>
    /// <param name="next">When the frame after it is shown; null when there is none.</param>
    /// <param name="duration">Its own length; zero when unknown.</param>
    /// <param name="framesPerSecond">Nominal rate; 0 when unknown.</param>
    /// <param name="asked">Where the clip was to end; null where a copy goes on to what it needs.</param>
    public static MediaTime EndOf(MediaTime last, MediaTime? next, MediaTime duration, double framesPerSecond, MediaTime? asked)
    {
        var own = duration > MediaTime.Zero ? duration : next is { } after ? after - last : MediaTime.FromSeconds(framesPerSecond > 0 ? 1 / framesPerSecond : UsualFrame);
        var end = last + own;
        if (next < end) end = next.Value;
        return own > s_longFrame && asked is { } limit ? MediaTime.Max(MediaTime.Min(end, limit), last + new MediaTime(1)) : end;
    }
}
