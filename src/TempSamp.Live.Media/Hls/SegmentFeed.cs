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

/// <summary>The segments of a media playlist in order, with what is to be said of each and of what was missing before it. Blocks until there is one to give.</summary>
internal sealed class SegmentFeed
{
    private const int MostMissesInRow = 5, MostDateRanges = 1000;

    // A hole longer than this is a break of its own: the clock takes longer steps of a source for jumps.
    private static readonly TimeSpan s_longHole = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_longestHole = TimeSpan.FromDays(1);

    private readonly SegmentFetcher _fetcher;
    private readonly LivePlaylist _list;
    private readonly Queue<HlsSegment> _due = new();
    private readonly HashSet<string> _dateRanges = new(StringComparer.Ordinal);
    private readonly List<(string, string)> _notes = [];
    private FedSegment? _next;
    private ExceptionDispatchInfo? _failure;
    private (long Sequence, long Discontinuity)? _last;
    private TimeSpan _missing, _lost;
    private int _misses;
    private bool _isBreak, _isEstimate, _hasGiven;

    /// <summary>Starts to follow a list: at its start when it is complete, else three target durations before its end.</summary>
    /// <param name="list">The list as it is now.</param>
    /// <param name="loader">Loads it again.</param>
    /// <param name="fetcher">Reads its segments.</param>
    /// <param name="options">How the list is followed.</param>
    /// <param name="deadline">The clock, and the time limit while the stream is opened.</param>
    /// <param name="after">Where an earlier feed of the list stopped; null to begin as a new one.</param>
    public SegmentFeed(MediaPlaylist list, PlaylistLoader loader, SegmentFetcher fetcher, IngestOptions options, Deadline deadline, HlsPlace? after = null)
    {
        (_list, _fetcher) = (new LivePlaylist(list, loader, options, deadline, after), fetcher);
        (Place, _last) = (after, after is null ? null : (after.Next - 1, after.Discontinuity));
        foreach (var complaint in list.Complaints) _notes.Add(("playlist", $"Playlist {list.Url}, {complaint}."));
        Take(_list.First);
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
        if (next is not null) Place = HlsPlace.In(_list.Now, next.Segment);
        _next = null;
        return next;
    }

    /// <summary>Says of the next segment what was to be said of some that could not be used. Their times go on behind them, unless a mark says otherwise.</summary>
    public void Lose(SourceMark lost)
    {
        lost = lost with { IsBreak = lost.IsBreak || lost.Missing > s_longHole };
        if (_next is { } next)
        {
            _next = next with { Mark = next.Mark.After(lost) };
            return;
        }

        (_isBreak, _lost) = (_isBreak || lost.IsBreak, _lost + lost.Missing);
        foreach (var (kind, text) in lost.Notes) Note(kind, text);
    }

    private FedSegment? Next()
    {
        while (true)
        {
            while (_due.TryDequeue(out var segment))
                if (Give(segment) is { } fed) return fed;
            if (_list.Now.IsComplete) return null;
            Take(_list.Reload());
        }
    }

    private FedSegment? Give(HlsSegment segment)
    {
        Announce(segment);
        _isBreak |= Breaks(segment);
        _last = (segment.Sequence, segment.Discontinuity);
        if (segment.IsGap)
        {
            Miss(segment, "the server says that it is missing");
            return null;
        }

        try
        {
            var bytes = _fetcher.Read(segment);
            if (bytes.IsCut) Note("segment", $"Segment {segment.Sequence} breaks off: {bytes.Bytes.Length} bytes of it are used.");
            if (!_hasGiven && Place is not null && !_isBreak && !(_isEstimate && segment.StartsAt is not null)) MissingBefore = _missing;   // a date knows better
            if (!_hasGiven && !_list.Now.IsComplete) Behind = segment.Duration + TimeSpan.FromTicks(_due.Sum(due => due.Duration.Ticks));
            _fetcher.Persistence = _list.Patience;
            var mark = MarkOf(segment);
            (_misses, _hasGiven) = (0, true);
            return new FedSegment(segment, bytes, mark);
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

    // Lists that do not number their runs count them from their first segment, so that numbers fall as segments leave: only where segments were missed do they have
    // to be compared.
    private bool Breaks(HlsSegment segment) =>
        _last is { } last && (segment.Sequence == last.Sequence + 1 ? segment.StartsRun : segment.Discontinuity != last.Discontinuity);

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

    private SourceMark MarkOf(HlsSegment segment)
    {
        var mark = new SourceMark(_isBreak || _missing + _lost > s_longHole, _missing + _lost, Drained()) { Date = segment.StartsAt };
        (_isBreak, _isEstimate, _missing, _lost) = (false, false, TimeSpan.Zero, TimeSpan.Zero);
        return mark;
    }

    private void Take(CursorStep step)
    {
        if (step.Missed > 0)
        {
            var most = step.Missed * _list.Now.TargetDuration;
            (_missing, _isEstimate) = (_missing + (most < s_longestHole ? most : s_longestHole), true);
            Note("segment", $"{step.Missed} segments left the list before they were read.");
        }

        if (step.IsRestart)
        {
            (_isBreak, _last) = (true, null);
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
