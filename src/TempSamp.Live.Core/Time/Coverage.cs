using System.Globalization;

namespace TempSamp.Live.Core;

/// <summary>How the time of a session is made up. Media and gaps together are all of its timeline; drift says how far that is from the wall clock.</summary>
/// <param name="Media">Time that video covers.</param>
/// <param name="Gaps">Time without video.</param>
/// <param name="GapCount">How many gaps.</param>
/// <param name="Drift">
/// Wall time minus timeline: above zero where the source lags behind the clock. Measured between the quickest packets of the first and of the newest
/// seconds; null for sources that do not come at their own pace.
/// </param>
public sealed record TimelineAccount(TimeSpan Media, TimeSpan Gaps, int GapCount, TimeSpan? Drift)
{
    /// <summary>All of the timeline, from the first video packet to the end of the newest.</summary>
    public TimeSpan Total => Media + Gaps;
}

/// <summary>Watches one track's packets for stretches of the timeline that it does not cover.</summary>
/// <remarks>Goes by decoding times, which only rise. Owned by one loop.</remarks>
public sealed class Coverage
{
    /// <summary>A longer step between packets is a gap; a shorter one is a slow frame rate.</summary>
    private static readonly long s_gap = MediaTime.FromSeconds(1).Ticks;

    private long? _first, _last;
    private long _step;

    /// <summary>Sum of all gaps.</summary>
    public MediaTime Gaps { get; private set; }

    /// <summary>Number of gaps.</summary>
    public int Count { get; private set; }

    /// <summary>The newest gap; null before the first.</summary>
    public TimeRange? Newest { get; private set; }

    /// <summary>From the first packet to the end of the newest.</summary>
    public MediaTime Total => _first is { } first ? new(_last!.Value + _step - first) : MediaTime.Zero;

    /// <summary>Takes the track's next packet.</summary>
    /// <returns>The gap that lies before it; null mostly.</returns>
    public TimeRange? Observe(MediaPacket packet)
    {
        var at = packet.Dts.Ticks;
        TimeRange? gap = null;
        if (_last is { } last && at - last - _step > s_gap) gap = new(new(last + _step), packet.Dts);
        if (gap is { } found) (Gaps, Count, Newest) = (Gaps + found.Length, Count + 1, found);
        _step = packet.Duration > MediaTime.Zero ? packet.Duration.Ticks : gap is null && _last is { } before && at > before ? at - before : _step;
        (_first, _last) = (_first ?? at, at);
        return gap;
    }

    /// <summary>A gap as a note for people.</summary>
    public static StreamNote Note(TimeRange gap, TrackKind kind) => new(
        kind == TrackKind.Video ? "gap" : "audio-gap", gap.Start,
        string.Create(CultureInfo.InvariantCulture, $"No {(kind == TrackKind.Video ? "video" : "sound")} for {gap.Length.Seconds:0.000} s."), gap.Length);
}
