using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>A media playlist that is loaded anew while it is live, and what each load brings. Blocks until the next load is due.</summary>
/// <remarks>
/// A list that loads and brings nothing new for three target durations has gone <c>silent</c>. One that does not load is asked for as long, and at least for
/// the read time-out, from the first failure on: <c>unreachable</c>.
/// </remarks>
internal sealed class LivePlaylist
{
    private static readonly TimeSpan s_shortestReload = TimeSpan.FromMilliseconds(200), s_shortestPatience = TimeSpan.FromSeconds(3);

    private readonly PlaylistLoader _loader;
    private readonly IngestOptions _options;
    private readonly Deadline _deadline;
    private readonly SegmentCursor _cursor;
    private long _loadedAt, _changedAt;
    private long? _lostAt;
    private bool _hasChanged;

    /// <summary>Starts to follow a list.</summary>
    /// <param name="list">The list as it is now.</param>
    /// <param name="loader">Loads it again.</param>
    /// <param name="options">How often, and how long one that does not load is asked for.</param>
    /// <param name="deadline">The clock, and the time limit while the stream is opened.</param>
    /// <param name="after">Where an earlier reader of the list stopped; null to begin as a new one.</param>
    public LivePlaylist(MediaPlaylist list, PlaylistLoader loader, IngestOptions options, Deadline deadline, HlsPlace? after)
    {
        (Now, _loader, _options, _deadline, _cursor) = (list, loader, options, deadline, new SegmentCursor(after));
        _loadedAt = _changedAt = deadline.Time.GetTimestamp();
        First = Take();
    }

    /// <summary>The list as it was loaded last.</summary>
    public MediaPlaylist Now { get; private set; }

    /// <summary>What the list that it began with brings.</summary>
    public CursorStep First { get; }

    /// <summary>How long a list may bring nothing, and how long a part of it is asked for.</summary>
    public TimeSpan Patience => Now.TargetDuration * 3 > s_shortestPatience ? Now.TargetDuration * 3 : s_shortestPatience;

    /// <summary>Waits until the list may have something new, and loads it.</summary>
    /// <returns>What it brings; nothing when it could not be loaded this time.</returns>
    /// <exception cref="StreamException">It is silent, unreachable or forbidden.</exception>
    public CursorStep Reload()
    {
        var wait = Interval(Now, _hasChanged, _options.HlsReloadMost) - _deadline.Time.GetElapsedTime(_loadedAt);
        if (wait > TimeSpan.Zero) _deadline.Pause(wait);

        _loadedAt = _deadline.Time.GetTimestamp();
        CursorStep step;
        try
        {
            Now = _loader.Reload(Now, Patience);
            step = Take();
            if (_lostAt is not null && !_hasChanged) _changedAt = _loadedAt; // the outage is not the list's silence
            _lostAt = null;
        }
        catch (StreamException e) when (e.Reason != "forbidden")
        {
            (_hasChanged, _lostAt) = (false, _lostAt ?? _loadedAt);
            if (_deadline.Time.GetElapsedTime(_lostAt.Value) < (Patience > _options.ReadTimeout ? Patience : _options.ReadTimeout)) return CursorStep.Nothing;
            throw new StreamException($"Playlist {Now.Url} could not be loaded again and again: {e.Message}", "unreachable", e);
        }

        if (step.Segments.Count == 0 && !Now.IsComplete && _deadline.Time.GetElapsedTime(_changedAt) >= Patience)
            throw new StreamException($"Playlist {Now.Url} has brought nothing new for {Patience.TotalSeconds:0.#} s, three times its target duration. Check that the stream is live.", "silent");
        return step;
    }

    /// <summary>
    /// From one load to the next. What comes next is most likely as long as what came last; the target duration is only what no segment exceeds, and a source that
    /// is back may send much shorter ones. A list that brought nothing is asked after half a target duration (RFC 8216 6.3.4), and any list after the bound.
    /// </summary>
    internal static TimeSpan Interval(MediaPlaylist list, bool hasChanged, TimeSpan most)
    {
        var wait = hasChanged && list.Segments is [.., var last] ? last.Duration : list.TargetDuration / 2;
        return TimeSpan.FromTicks(Math.Clamp(wait.Ticks, s_shortestReload.Ticks, most.Ticks));
    }

    private CursorStep Take()
    {
        var step = _cursor.Take(Now);
        _hasChanged = step.Segments.Count > 0;
        if (_hasChanged) _changedAt = _deadline.Time.GetTimestamp();
        return step;
    }
}
