using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>The packets of one media playlist: one demuxer after the other, one for each run of segments that belong together.</summary>
internal sealed class HlsReader : IDisposable
{
    // A live list may end with the segment that a run begins with: looking further ahead would wait for the next.
    private static readonly TimeSpan s_leastAhead = TimeSpan.FromMilliseconds(500);

    private readonly SegmentFeed _feed;
    private readonly IngestOptions _options;
    private readonly Deadline _deadline;
    private readonly Func<TrackFormat, bool> _wants;
    private readonly List<TrackFormat> _tracks = [];
    private readonly List<int?> _trackOf = [];
    private readonly HashSet<int> _changed = [];
    private TimeSpan _lostFirst;
    private SegmentRun? _run;
    private DemuxedInput? _demuxer;
    private SourceMark? _unsaid;
    private SourcePacket? _next;

    /// <summary>Makes a reader.</summary>
    /// <param name="feed">The segments.</param>
    /// <param name="wants">Which tracks are kept.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="deadline">The time limit.</param>
    public HlsReader(SegmentFeed feed, Func<TrackFormat, bool> wants, IngestOptions options, Deadline deadline) =>
        (_feed, _wants, _options, _deadline) = (feed, wants, options, deadline);

    /// <summary>Tracks seen so far, each with its newest format. A track keeps its number across runs.</summary>
    public IReadOnlyList<TrackFormat> Tracks => _tracks;

    /// <summary>How many breaks the packet that <see cref="Peek"/> shows lies behind.</summary>
    public int Breaks { get; private set; }

    /// <inheritdoc cref="SegmentFeed.Place"/>
    public HlsPlace? Place => _feed.Place;

    /// <summary>How much is missing between an earlier reader's last packet and this one's first, by the list's own count; null when it does not say.</summary>
    public TimeSpan? MissingBefore => _feed.MissingBefore + _lostFirst;

    /// <inheritdoc cref="SegmentFeed.Behind"/>
    public TimeSpan Behind => _feed.Behind;

    /// <summary>The packet that <see cref="Take"/> gives; null at the end. Its mark says whether it stands behind a break.</summary>
    /// <exception cref="StreamException">The playlist cannot be read any further.</exception>
    public SourcePacket? Peek() => _next ??= Next();

    /// <summary>Takes the next packet.</summary>
    public void Take() => _next = null;

    /// <inheritdoc/>
    public void Dispose() => _demuxer?.Dispose();

    private SourcePacket? Next()
    {
        while (true)
        {
            string? why = null;
            try
            {
                if (_demuxer is null && !OpenRun()) return null;
                if (_demuxer!.TryRead(out var packet))
                {
                    Hear(_run!.MarkAt(packet.Position, _demuxer.Tracks.Any(track => track.Kind == TrackKind.Video)));
                    if (Kept(packet) is { } kept) return Marked(kept);
                    continue;
                }
            }
            catch (StreamException e) when (e.Reason is "damaged" or "native" && _run is not null && !_feed.HasFailed)
            {
                if (_tracks.Count == 0 && _feed.Peek() is null) throw;
                why = e.Message;
            }

            if (why is not null || !_run!.HasGiven) Lose(_run!.Lost(why ?? "it holds no packets."));
            _demuxer?.Dispose();
            (_demuxer, _run) = (null, null);
        }
    }

    private void Lose(SourceMark lost)
    {
        if (_tracks.Count == 0) _lostFirst += lost.Missing - _run!.First.Mark.Missing;
        _feed.Lose(lost);
    }

    private bool OpenRun()
    {
        if (_feed.Take() is not { } first) return false;
        _run = new SegmentRun(_feed, first);
        var ahead = _options.AnalyzeDuration < first.Segment.Duration ? _options.AnalyzeDuration : TimeSpan.FromTicks(Math.Max(first.Segment.Duration.Ticks, s_leastAhead.Ticks));
        _demuxer = DemuxedInput.Open(first.Segment.Url, _run, SegmentSniffer.Format(first.Bytes.Kind), _options with { AnalyzeDuration = ahead }, _deadline);
        _trackOf.Clear();
        return true;
    }

    private void Hear(SourceMark? mark)
    {
        if (mark is null) return;
        if (mark.IsBreak) Breaks++;
        _unsaid = mark.After(_unsaid);
    }

    private SourcePacket Marked(SourcePacket packet)
    {
        var mark = _unsaid;
        _unsaid = null;
        return packet with { Mark = mark };
    }

    // The n-th video or sound of a run is the same track as the n-th of the run before.
    private SourcePacket? Kept(SourcePacket packet)
    {
        var found = _demuxer!.Tracks;
        while (_trackOf.Count < found.Count) _trackOf.Add(Adopt(found[_trackOf.Count], found.Take(_trackOf.Count)));
        if (_trackOf[packet.Time.Track] is not { } track) return null;
        if (packet.NewFormat is { } changed) _tracks[track] = changed with { Index = track };
        var isNew = packet.NewFormat is not null | _changed.Remove(track);
        return packet with { Time = Shifted(packet.Time) with { Track = track }, NewFormat = isNew ? _tracks[track] : null };
    }

    private int? Adopt(TrackFormat format, IEnumerable<TrackFormat> before)
    {
        if (!_wants(format)) return null;
        var ordinal = before.Count(t => t.Kind == format.Kind && _wants(t));
        var known = _tracks.Where(t => t.Kind == format.Kind).Skip(ordinal).FirstOrDefault();
        if (known is null)
        {
            _tracks.Add(format with { Index = _tracks.Count });
            return _tracks.Count - 1;
        }

        var adopted = format with { Index = known.Index };
        if (!IsSame(known, adopted)) _changed.Add(known.Index);
        _tracks[known.Index] = adopted;
        return known.Index;
    }

    private static bool IsSame(TrackFormat a, TrackFormat b) =>
        a.Codec == b.Codec && a.CodecConfig.Span.SequenceEqual(b.CodecConfig.Span) && (a.Width, a.Height, a.SampleRate, a.Channels) == (b.Width, b.Height, b.SampleRate, b.Channels);

    // Packed audio has no times of its own: its segment says where it starts.
    private SourceTime Shifted(SourceTime time)
    {
        if (_run!.First.Bytes.Timestamp is not { } start) return time;
        var shift = (long)((Int128)start * time.Den / ((Int128)time.Num * MediaTime.TicksPerSecond));
        return time with { Pts = time.Pts + shift, Dts = time.Dts + shift };
    }
}
