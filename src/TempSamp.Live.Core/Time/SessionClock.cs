using System.Globalization;

namespace TempSamp.Live.Core;

/// <summary>
/// Turns the times of a source, which wrap, jump and start again, into one continuous timeline that keeps step with the wall clock.
/// </summary>
/// <remarks>
/// <code>
///   wrap                                 followed silently
///   a step of up to 1 s                  kept
///   a longer step that time passed for   kept: a gap
///   a longer step, nothing passed        jump: a new epoch goes on where the last one ended
///   a step back by more than 50 ms       jump; behind as much silence as there was
///   times go on after a long silence     a gap of that silence, in a new epoch
///   a smaller step back, a repetition    flattened, noted as a repair
/// </code>
/// How much time passed is read from the packets' arrival. Without arrival (files, segments) a step of up to 10 s counts as passed.
/// Owned by the reading loop of one input: not safe for more than one thread.
/// </remarks>
public sealed class SessionClock
{
    private static readonly long s_stepBack = MediaTime.FromMilliseconds(50).Ticks;
    private static readonly long s_gap = MediaTime.FromSeconds(1).Ticks;
    private static readonly long s_jump = MediaTime.FromSeconds(10).Ticks;

    /// <summary>How far a packet may come before its time, measured by the quickest packets so far.</summary>
    private static readonly long s_early = MediaTime.FromSeconds(1).Ticks;

    /// <summary>Silence that was not caught up and counts as a gap although the source's times ignore it; shorter ones are the network's delay.</summary>
    private static readonly long s_pause = MediaTime.FromSeconds(3).Ticks;

    private static readonly MediaTime s_repairPeriod = MediaTime.FromSeconds(10);

    private readonly Dictionary<int, Track> _tracks = [];
    private readonly ArrivalFloor _floor = new();
    private (int Number, long Offset)? _epoch;
    private long _newestSource, _end;
    private bool _isBroken;
    private long? _shownAt;

    /// <summary>End of everything so far, by decoding times.</summary>
    public MediaTime End => new(_end);

    /// <summary>Number of the epoch that new packets belong to.</summary>
    public int Epoch => _epoch?.Number ?? 0;

    /// <summary>
    /// Puts a packet's presentation time (or decoding time, if it has no other) at a place of the timeline. Without it the first packet mapped is media
    /// time zero.
    /// </summary>
    public void StartAt(SourceTime time, TimelinePlace place = default)
    {
        if ((time.Pts ?? time.Dts) is not { } start) return;
        _newestSource = time.Ticks(start);
        _end = place.At.Ticks;
        _epoch = (place.Epoch, _end - _newestSource);
    }

    /// <summary>Starts a new epoch at the same place of the timeline: the packets that follow are of another format.</summary>
    public int ChangeFormat()
    {
        _epoch = (Epoch + 1, _epoch?.Offset ?? 0);
        return Epoch;
    }

    /// <summary>
    /// The source says that its times start anew with the next packet, which goes on in a new epoch where the last one ended, behind a hole of known length.
    /// </summary>
    /// <param name="hole">Length of what is missing.</param>
    /// <param name="shownAt">Where the next packet is shown instead, which is never before its decoding could go on; null where only the hole is known.</param>
    public void Break(MediaTime hole, MediaTime? shownAt = null)
    {
        foreach (var track in _tracks.Values) track.LastRaw = null;
        if (shownAt is null) _end += hole.Ticks;
        (_isBroken, _shownAt) = (_epoch is not null, shownAt?.Ticks);
    }

    /// <summary>Maps the next packet of a track. Packets come in decoding order.</summary>
    public SessionTime Map(SourceTime time)
    {
        if (_epoch is null) StartAt(time);
        if (!_tracks.TryGetValue(time.Track, out var track)) _tracks[time.Track] = track = new Track();
        var duration = Math.Clamp(time.Ticks(time.Duration), 0, s_jump);
        if (track.DecodingTime(time) is not { } raw) return track.Follow(Epoch, duration);

        var unwrapped = time.Unwrap(raw, track.LastRaw ?? time.FromTicks(_newestSource));
        var source = time.Ticks(unwrapped);
        var ahead = time.Pts is { } shown ? time.Ticks(time.Unwrap(shown - raw, 0)) : 0;
        if (_isBroken)
        {
            Rebase(Math.Max(_end, _shownAt is { } place ? place - Math.Clamp(ahead, 0, s_gap) : _end) - source);
            _isBroken = false;
        }

        var note = track.LastRaw is null ? Join(track, source, time.Arrival) : Continue(track, source, time.Arrival);
        (track.LastRaw, track.LastSource, _newestSource) = (unwrapped, source, source);

        var at = source + track.Offset;
        var dts = Math.Max(at, track.LastMedia ?? long.MinValue);
        if (at < dts || at == track.LastMedia) note ??= track.Repair(new(dts), dts - at);
        var pts = time.Pts is null ? dts : at + ahead;
        if (Math.Abs(pts - dts) > s_jump)
        {
            pts = dts;
            note ??= new StreamNote("corrupt", new(dts), "A packet is shown more than 10 s from its decoding; its decoding time is used.");
        }

        if (time.Arrival is { } arrival)
        {
            _floor.Observe(new(dts), arrival);
            track.Floor.Observe(new(dts), arrival);
        }

        (track.LastMedia, track.LastArrival) = (dts, time.Arrival);
        track.Step = duration > 0 ? duration : track.Step;
        _end = Math.Max(_end, dts + track.Step);
        return new SessionTime(track.Epoch, new(pts), new(dts), new(duration), note);
    }

    // A track's first packet: it shares the newest epoch's base unless that puts it far from where the session is.
    private StreamNote? Join(Track track, long source, TimeSpan? arrival)
    {
        (track.Epoch, track.Offset) = _epoch!.Value;
        return Math.Abs(source + track.Offset - _end) <= s_jump ? null : Jump(track, source, arrival, "start far from those of the other tracks");
    }

    private StreamNote? Continue(Track track, long source, TimeSpan? arrival)
    {
        if (track.Epoch != Epoch && track.Offset == _epoch!.Value.Offset) track.Epoch = Epoch;
        var step = source - track.LastSource;
        var goesOn = step >= -s_stepBack && HasPassed(track, step, arrival);
        var silence = goesOn ? Paused(track, step, arrival) : null;
        if (goesOn && silence is null) return null;

        if (track.Epoch != Epoch && Math.Abs(source + _epoch!.Value.Offset - _end) <= s_jump)
        {
            (track.Epoch, track.Offset) = _epoch.Value; // another track has crossed the same place already
            return null;
        }

        return silence is { } passed ? Resume(track, source, passed)
            : Jump(track, source, arrival, string.Create(CultureInfo.InvariantCulture, $"jump by {new MediaTime(step).Seconds:0.0} s"));
    }

    // Whether the wall clock has room for a step: a packet may come late, but not long before its time.
    private bool HasPassed(Track track, long step, TimeSpan? arrival)
    {
        if (step - track.Step <= s_gap) return true;
        if (arrival is not { } now || _floor.Newest is not { } floor) return step <= s_jump;
        return MediaTime.From(now).Ticks - (track.LastMedia!.Value + step) >= floor - s_early;
    }

    // A silence that is still not caught up, by the packets' arrival and by the quickest packets before it.
    private long? Paused(Track track, long step, TimeSpan? arrival)
    {
        if (arrival is not { } now || track.LastArrival is not { } before || _floor.Newest is not { } floor) return null;
        var silence = MediaTime.From(now - before).Ticks - step;
        var late = MediaTime.From(now).Ticks - (track.LastMedia!.Value + step) - floor;
        return silence > s_pause && late > s_pause ? Math.Min(silence, late) : null;
    }

    private StreamNote Resume(Track track, long source, long silence)
    {
        var at = source + track.Offset;
        Rebase(track.Offset + silence);
        (track.Epoch, track.Offset) = _epoch!.Value;
        return new StreamNote("jump", new(at), string.Create(CultureInfo.InvariantCulture,
            $"The source was silent for {new MediaTime(silence).Seconds:0.0} s that its times do not count; epoch {Epoch} begins behind them."), new(silence));
    }

    private StreamNote Jump(Track track, long source, TimeSpan? arrival, string how)
    {
        var end = _end;
        Rebase(Math.Max(end, Expected(track, arrival)) - source);
        (track.Epoch, track.Offset) = _epoch!.Value;
        return new StreamNote("jump", new(end), $"The source's times {how}; media time goes on in epoch {Epoch}.", new(source + track.Offset - end));
    }

    // Where a packet that arrives now belongs if it is as late as its track's quickest ones were. Held against the first packets of all, so that errors do not
    // add up.
    private long Expected(Track track, TimeSpan? arrival)
    {
        if (arrival is not { } now || _floor.Newest is not { } floor) return long.MinValue;
        var lateness = (track.Floor.Newest ?? floor) - floor;
        return MediaTime.From(now).Ticks - _floor.First!.Value - lateness;
    }

    private void Rebase(long offset)
    {
        _epoch = (Epoch + 1, offset);
        _floor.Restart();
        foreach (var track in _tracks.Values) track.Floor.Restart();
    }

    private sealed class Track
    {
        private const int DeepestReordering = 16;
        private int _blind, _written, _repairs;
        private MediaTime? _repairTold;

        public readonly ArrivalFloor Floor = new();
        public long? LastRaw, LastMedia;
        public TimeSpan? LastArrival;
        public long LastSource, Offset, Step;
        public int Epoch;

        // Matroska leaves out the decoding times of the first packets of a reordered stream: until they start, time stands still. A source that never
        // writes any is taken as not reordered.
        public long? DecodingTime(SourceTime time)
        {
            (_blind, _written) = time.Dts is null ? (_blind + 1, 0) : (0, _written + 1);
            return time.Dts ?? (time.Pts is { } pts && LastRaw is { } last && _blind <= DeepestReordering ? Math.Min(pts, last) : time.Pts);
        }

        // No time at all: right after the last packet.
        public SessionTime Follow(int epoch, long duration)
        {
            var at = (LastMedia ?? 0) + Step;
            (LastMedia, Epoch) = (at, LastRaw is null ? epoch : Epoch);
            Step = duration > 0 ? duration : Step;
            return new SessionTime(Epoch, new(at), new(at), new(duration), null);
        }

        // Told at most every ten seconds, and of times that the source itself wrote.
        public StreamNote? Repair(MediaTime at, long back)
        {
            if (_written < 2) return null;
            _repairs++;
            if (_repairTold is { } told && at < told + s_repairPeriod) return null;
            var text = string.Create(CultureInfo.InvariantCulture,
                $"Decoding times do not rise: {_repairs} so far, this one {new MediaTime(back).Seconds * 1000:0} ms back. They were flattened.");
            _repairTold = at;
            return new StreamNote("repair", at, text);
        }
    }
}
