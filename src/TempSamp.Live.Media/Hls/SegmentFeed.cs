using System.Globalization;
using System.Runtime.ExceptionServices;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>The next segment of a feed.</summary>
/// <param name="Segment">Its place in the list.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Mark">What is to be said of its start.</param>
internal sealed record FedSegment(HlsSegment Segment, SegmentBytes Bytes, SourceMark Mark)
{
    /// <summary>Whether its bytes can follow another's into the same demuxer.</summary>
    public bool Continues(FedSegment before) =>
        !Mark.IsBreak && Bytes.Kind == before.Bytes.Kind && Segment.Map?.Url == before.Segment.Map?.Url && Segment.Map?.Range == before.Segment.Map?.Range;
}

/// <summary>
/// A media playlist that is followed: gives its segments in order, loads the list anew at its pace while it is live, and says what was missing
/// in between. Blocks until there is something to give.
/// </summary>
/// <remarks>
/// A list that loads and brings nothing new for three target durations ends the feed: <c>silent</c>. One that does not load is asked for as long, and at least
/// for the read time-out, from the first failure on: <c>unreachable</c>.
/// </remarks>
internal sealed class SegmentFeed
{
    private const int MostMissesInRow = 5, MostDateRanges = 1000;

    // A hole longer than this is a break of its own: the clock takes longer steps of a source for jumps.
    private static readonly TimeSpan s_longHole = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_shortestReload = TimeSpan.FromMilliseconds(200), s_longestReload = TimeSpan.FromSeconds(20), s_shortestPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_longestHole = TimeSpan.FromDays(1);

    private readonly PlaylistLoader _loader;
    private readonly SegmentFetcher _fetcher;
    private readonly TimeSpan _readTimeout;
    private readonly Deadline _deadline;
    private readonly SegmentCursor _cursor;
    private readonly Queue<HlsSegment> _due = new();
    private readonly HashSet<string> _dateRanges = new(StringComparer.Ordinal);
    private readonly List<(string, string)> _notes = [];
    private MediaPlaylist _list;
    private FedSegment? _next;
    private HlsSegment? _previous;
    private ExceptionDispatchInfo? _failure;
    private long? _discontinuity;
    private TimeSpan _missing;
    private long _loadedAt, _changedAt;
    private long? _lostAt;
    private int _misses;
    private bool _hasChanged = true, _isBreak, _hasGiven;

    /// <summary>Starts to follow a list: at its start when it is complete, else three target durations before its end.</summary>
    /// <param name="list">The list as it is now.</param>
    /// <param name="loader">Loads it again.</param>
    /// <param name="fetcher">Reads its segments.</param>
    /// <param name="readTimeout">How long a list that does not load is asked for at least.</param>
    /// <param name="deadline">The clock, and the time limit while the stream is opened.</param>
    /// <param name="after">Where an earlier feed of the list stopped; null to begin as a new one.</param>
    public SegmentFeed(MediaPlaylist list, PlaylistLoader loader, SegmentFetcher fetcher, TimeSpan readTimeout, Deadline deadline, HlsPlace? after = null)
    {
        (_list, _loader, _fetcher, _readTimeout, _deadline, _cursor) = (list, loader, fetcher, readTimeout, deadline, new SegmentCursor(after));
        (Place, _discontinuity) = (after, after?.Discontinuity);
        _loadedAt = _changedAt = deadline.Time.GetTimestamp();
        foreach (var complaint in list.Complaints) _notes.Add(("playlist", $"Playlist {list.Url}, {complaint}."));
        Take(list);
    }

    /// <summary>Whether it gave up on its segments.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Where a later feed of the same list would go on; null before the first segment was taken.</summary>
    public HlsPlace? Place { get; private set; }

    /// <summary>How much is missing between an earlier feed's last segment and this one's first, by the list's own count; null when it does not say.</summary>
    public TimeSpan? MissingBefore { get; private set; }

    /// <summary>How much of a live list lay between the start of the first segment given and the list's end then; zero for a list that is complete.</summary>
    public TimeSpan Behind { get; private set; }

    /// <summary>The segment that <see cref="Take()"/> gives; null at the end of the list.</summary>
    /// <exception cref="StreamException">The list or its segments cannot be had any more: then nothing more comes.</exception>
    public FedSegment? Peek()
    {
        _failure?.Throw();
        try
        {
            return _next ??= Next();
        }
        catch (StreamException e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
            throw;
        }
    }

    /// <summary>Takes the next segment; null at the end of the list.</summary>
    /// <exception cref="StreamException">As <see cref="Peek"/>.</exception>
    public FedSegment? Take()
    {
        var next = Peek();
        if (next is not null) Place = HlsPlace.In(_list, next.Segment);
        _next = null;
        return next;
    }

    /// <summary>Makes the next segment a break: what was given before could not be used.</summary>
    public void Break(string why)
    {
        Note("corrupt", why);
        if (_next is { } next) _next = next with { Mark = next.Mark with { IsBreak = true, Notes = [.. next.Mark.Notes, .. Drained()] } };
        else _isBreak = true;
    }

    private TimeSpan Patience => _list.TargetDuration * 3 > s_shortestPatience ? _list.TargetDuration * 3 : s_shortestPatience;

    private FedSegment? Next()
    {
        while (true)
        {
            while (_due.TryDequeue(out var segment))
                if (Give(segment) is { } fed) return fed;
            if (_list.IsComplete) return null;
            Reload();
        }
    }

    private FedSegment? Give(HlsSegment segment)
    {
        Announce(segment);
        var before = _previous;
        _previous = segment;
        _isBreak |= _discontinuity is { } run && run != segment.Discontinuity;
        _discontinuity = segment.Discontinuity;
        if (segment.IsGap)
        {
            Miss(segment, "the server says that it is missing");
            return null;
        }

        try
        {
            var bytes = _fetcher.Read(segment);
            if (bytes.IsCut) Note("segment", $"Segment {segment.Sequence} breaks off: {bytes.Bytes.Length} bytes of it are used.");
            if (!_hasGiven && Place is not null && !_isBreak) MissingBefore = _missing;
            if (!_hasGiven && !_list.IsComplete) Behind = segment.Duration + TimeSpan.FromTicks(_due.Sum(due => due.Duration.Ticks));
            (_misses, _hasGiven) = (0, true);
            _fetcher.Persistence = Patience;
            return new FedSegment(segment, bytes, MarkOf(segment, before));
        }
        catch (StreamException e) when (e.Reason is not ("forbidden" or "invalid"))
        {
            // Before the first segment there is nothing to hold on to: opening fails at once, and is tried again as a whole.
            HasFailed = ++_misses >= MostMissesInRow || (!_hasGiven && _due.Count == 0);
            if (HasFailed) throw;
            Miss(segment, e.Message);
            return null;
        }
    }

    private void Announce(HlsSegment segment)
    {
        foreach (var mark in segment.Marks)
            if (mark.Id is null || (_dateRanges.Count < MostDateRanges && _dateRanges.Add(mark.Id))) Note("cue", mark.Text);
    }

    private void Miss(HlsSegment segment, string why)
    {
        _missing += segment.Duration;
        Note("segment", string.Create(CultureInfo.InvariantCulture, $"Segment {segment.Sequence} ({segment.Duration.TotalSeconds:0.###} s) is left out: {why.TrimEnd('.')}."));
    }

    private SourceMark MarkOf(HlsSegment segment, HlsSegment? before)
    {
        // At a break the times say nothing of how much is missing; the dates may.
        if (_isBreak && segment.StartsAt is { } starts && before?.StartsAt is { } date && starts - (date + before.Duration) is var hole && hole > _missing && hole < s_longestHole) _missing = hole;
        var mark = new SourceMark(_isBreak || _missing > s_longHole, _missing, Drained()) { Date = segment.StartsAt };
        (_isBreak, _missing) = (false, TimeSpan.Zero);
        return mark;
    }

    private void Reload()
    {
        var interval = TimeSpan.FromTicks(Math.Clamp((_hasChanged ? _list.TargetDuration : _list.TargetDuration / 2).Ticks, s_shortestReload.Ticks, s_longestReload.Ticks));
        var wait = interval - _deadline.Time.GetElapsedTime(_loadedAt);
        if (wait > TimeSpan.Zero) _deadline.Pause(wait);

        _loadedAt = _deadline.Time.GetTimestamp();
        try
        {
            _list = _loader.Reload(_list, Patience);
            Take(_list);
            if (_lostAt is not null && !_hasChanged) _changedAt = _loadedAt; // the outage is not the list's silence
            _lostAt = null;
        }
        catch (StreamException e) when (e.Reason != "forbidden")
        {
            (_hasChanged, _lostAt) = (false, _lostAt ?? _loadedAt);
            if (_deadline.Time.GetElapsedTime(_lostAt.Value) < (Patience > _readTimeout ? Patience : _readTimeout)) return;
            throw new StreamException($"Playlist {_list.Url} could not be loaded again and again: {e.Message}", "unreachable", e);
        }

        if (_due.Count == 0 && !_list.IsComplete && _deadline.Time.GetElapsedTime(_changedAt) >= Patience)
            throw new StreamException($"Playlist {_list.Url} has brought nothing new for {Patience.TotalSeconds:0.#} s, three times its target duration. Check that the stream is live.", "silent");
    }

    private void Take(MediaPlaylist list)
    {
        var step = _cursor.Take(list);
        _hasChanged = step.Segments.Count > 0;
        if (_hasChanged) _changedAt = _deadline.Time.GetTimestamp();
        if (step.Missed > 0)
        {
            _missing += step.Missed * list.TargetDuration < s_longestHole ? step.Missed * list.TargetDuration : s_longestHole;
            Note("segment", $"{step.Missed} segments left the list before they were read.");
        }

        if (step.IsRestart)
        {
            (_isBreak, _previous, _discontinuity) = (true, null, null);
            Note("segment", "The server counts its segments anew; reading goes on with the new list.");
        }

        foreach (var segment in step.Segments) _due.Enqueue(segment);
    }

    private void Note(string kind, string text)
    {
        if (_notes.Count < PlaylistLimits.Complaints * 2) _notes.Add((kind, text));
    }

    private (string, string)[] Drained()
    {
        var notes = _notes.ToArray();
        _notes.Clear();
        return notes;
    }
}
