using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>
/// A session's timeline as its packets make it: hands them to the tape, dates the timeline, and accounts for every stretch of it without video. Written by
/// the reading loop, read by anyone.
/// </summary>
internal sealed class SessionTimeline(PacketTape tape, IStreamInput first, TimeProvider time) : IPacketSink
{
    private const int GapsKept = 1000;

    private readonly Lock _gate = new();
    private readonly WallClock _clock = new(first.StartedAt, first.ClockSource);
    private readonly DateTimeOffset _startedAt = first.StartedAt, _openedAt = time.GetUtcNow();
    private readonly string _firstClock = first.ClockSource;
    private readonly Dictionary<int, (TrackFormat Format, Coverage Coverage)> _tracks = [];
    private readonly List<TimeRange> _gaps = [];
    private readonly TrackNumbers _numbers = new();
    private int? _video;
    private int _epoch = -1;
    private MediaTime _end;
    private MediaTime? _goesOnAt;

    /// <summary>Date of media time zero as the newest packets have it, and who says so.</summary>
    public (DateTimeOffset UtcOfZero, string Source) Clock
    {
        get { lock (_gate) return (_clock.UtcOfZero, _clock.Source); }
    }

    /// <summary>What the session's time is made up of; null before the first video packet.</summary>
    public TimelineAccount? Account
    {
        get
        {
            lock (_gate)
            {
                if (_video is not { } video) return null;
                var (total, gaps) = (_tracks[video].Coverage.Total, _tracks[video].Coverage.Gaps);
                return new((total - gaps).ToTimeSpan(), gaps.ToTimeSpan(), _tracks[video].Coverage.Count, first.IsLive ? _clock.Drift : null);
            }
        }
    }

    /// <summary>The gap that an instant lies in; null where there was video.</summary>
    public TimeRange? GapAt(MediaTime at)
    {
        lock (_gate) return _gaps.FindLast(gap => gap.Contains(at)) is { IsEmpty: false } gap ? gap : null;
    }

    /// <summary>
    /// Where an input that was opened after another one goes on: behind what the source says is missing; else as much later as its first frame is by the clock
    /// that dates both, and never before the end of what there is.
    /// </summary>
    public TimelinePlace Next(IStreamInput input)
    {
        lock (_gate)
        {
            _numbers.Restart();
            return new((_goesOnAt = PlaceOf(input)).Value, _epoch + 1);
        }
    }

    private MediaTime PlaceOf(IStreamInput input)
    {
        if (input.MissingBefore is { } hole) return _end + MediaTime.From(hole);
        if (input.ClockSource != WallClock.Arrival && _clock.PlaceOf(input.StartedAt, _end) is { } dated) return dated;
        var passed = input.ClockSource == _firstClock ? input.StartedAt - _startedAt : time.GetUtcNow() - _openedAt;
        return MediaTime.Max(_end, MediaTime.From(passed));
    }

    /// <inheritdoc/>
    public void Track(TrackFormat format, int epoch)
    {
        StreamNote? note;
        lock (_gate)
        {
            format = _numbers.Announce(format);
            _tracks.TryGetValue(format.Index, out var known);
            _tracks[format.Index] = (format, known.Coverage ?? new());
            if (format.Kind == TrackKind.Video && !(_video < format.Index)) _video = format.Index;
            // Inside an input, the input tells of changes itself: it knows their place.
            note = _goesOnAt is { } at && known.Format is { } before && !PacketTape.IsSame(before, format) ? Changed(before, format, at) : null;
        }
        tape.Track(format, epoch);
        if (note is not null) tape.Note(note);
    }

    /// <inheritdoc/>
    public void Packet(MediaPacket packet)
    {
        var now = time.GetUtcNow();
        StreamNote? note = null;
        lock (_gate)
        {
            if (packet.Epoch > _epoch) Begin(packet.Epoch);
            _goesOnAt = null;
            packet = _numbers.Of(packet);
            _clock.Observe(packet.Dts, now);
            if (_tracks.TryGetValue(packet.Track, out var track))
            {
                if (track.Coverage.Observe(packet) is { } gap) note = Gap(packet.Track, track.Format.Kind, gap);
                if (packet.Track == _video) _end = MediaTime.Max(_end, MediaTime.Max(packet.Pts, packet.Dts) + packet.Duration);
            }
        }
        if (note is not null) tape.Note(note);
        tape.Packet(packet);
    }

    /// <inheritdoc/>
    public void Note(StreamNote note) => tape.Note(note);

    /// <inheritdoc/>
    public void Date(MediaTime at, DateTimeOffset utc, string source)
    {
        lock (_gate)
        {
            if (_clock.Date(at, utc, source, time.GetUtcNow())) return;
        }
        tape.Note(new("repair", at, $"The source dates itself {utc:O}, which cannot be: it is not believed."));
    }

    private static StreamNote Changed(TrackFormat before, TrackFormat now, MediaTime at) => new("format", at, now.Kind == TrackKind.Video
        ? $"The source came back with {now.Codec} {now.Width}x{now.Height} on track {now.Index}, where it had {before.Codec} {before.Width}x{before.Height}."
        : $"The source came back with {now.Codec} of {now.SampleRate} Hz on track {now.Index}, where it had {before.Codec} of {before.SampleRate} Hz.");

    private void Begin(int epoch)
    {
        if (_epoch >= 0) _clock.Step();
        _epoch = epoch;
    }

    // Sound that is missing where the picture is too needs no word of its own.
    private StreamNote? Gap(int index, TrackKind kind, TimeRange gap)
    {
        if (index == _video)
        {
            _gaps.Add(gap);
            if (_gaps.Count > GapsKept) _gaps.RemoveAt(0);
            return Coverage.Note(gap, kind);
        }
        var isCovered = _video is { } video && _tracks[video].Coverage.Newest is { } missing && gap.Intersect(missing).Length.Ticks > gap.Length.Ticks / 2;
        return kind == TrackKind.Audio && !isCovered ? Coverage.Note(gap, kind) : null;
    }
}
