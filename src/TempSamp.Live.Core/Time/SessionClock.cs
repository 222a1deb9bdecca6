namespace TempSamp.Live.Core;

/// <summary>A packet's times as the source writes them.</summary>
/// <param name="Track">The track it belongs to; each track's times run on their own until they meet here.</param>
/// <param name="Pts">Presentation time in units of the time base; null when the source does not say.</param>
/// <param name="Dts">Decoding time; null when the source does not say.</param>
/// <param name="Duration">Length; 0 when unknown.</param>
/// <param name="Num">Numerator of the time base in seconds.</param>
/// <param name="Den">Denominator of the time base.</param>
/// <param name="WrapBits">Bits after which the source's counter starts again: 33 for MPEG-TS, 64 for never.</param>
/// <param name="Arrival">
/// When it was read, on any clock that only goes forward; null where that says nothing of the source's pace, as with files and segments.
/// </param>
public readonly record struct SourceTime(int Track, long? Pts, long? Dts, long Duration, int Num, int Den, int WrapBits, TimeSpan? Arrival = null);

/// <summary>A packet's place on the session's timeline.</summary>
/// <param name="Epoch">The continuous run of source times it belongs to.</param>
/// <param name="Pts">Presentation time.</param>
/// <param name="Dts">Decoding time; never decreases inside a track.</param>
/// <param name="Duration">Length; zero when unknown.</param>
/// <param name="Note">What was odd here; null mostly.</param>
public readonly record struct SessionTime(int Epoch, MediaTime Pts, MediaTime Dts, MediaTime Duration, StreamNote? Note);

/// <summary>
/// Turns the times of a source, which wrap, jump and start again, into one continuous timeline. A wrap is followed silently; a jump starts
/// a new epoch that goes on where the last one ended, and is noted; a gap keeps its length.
/// </summary>
/// <remarks>Owned by the reading loop of one session: not safe for more than one thread.</remarks>
public sealed class SessionClock
{
    private static readonly long s_stepBack = MediaTime.FromMilliseconds(50).Ticks;
    private static readonly long s_gap = MediaTime.FromSeconds(1).Ticks;
    private static readonly long s_jump = MediaTime.FromSeconds(10).Ticks;

    private readonly Dictionary<int, Track> _tracks = [];
    private (int Number, long Offset)? _epoch;
    private long _newestSource, _end;
    private bool _isBroken;

    /// <summary>Number of the epoch that new packets belong to.</summary>
    public int Epoch => _epoch?.Number ?? 0;

    /// <summary>
    /// Puts a packet's presentation time (or decoding time, if it has no other) at a place of the timeline. Without it the first packet mapped is media
    /// time zero.
    /// </summary>
    public void StartAt(SourceTime time, TimelinePlace place = default)
    {
        if ((time.Pts ?? time.Dts) is not { } start) return;
        _newestSource = Ticks(start, time);
        _end = place.At.Ticks;
        _epoch = (place.Epoch, _end - _newestSource);
    }

    /// <summary>Starts a new epoch at the same place of the timeline: the packets that follow are of another format.</summary>
    public int ChangeFormat()
    {
        _epoch = (Epoch + 1, _epoch?.Offset ?? 0);
        return Epoch;
    }

    /// <summary>The source says that its times start anew with the next packet, which goes on in a new epoch where the last one ended, behind a hole of known length.</summary>
    public void Break(MediaTime hole)
    {
        foreach (var track in _tracks.Values) track.LastRaw = null;
        _end += hole.Ticks;
        _isBroken = _epoch is not null;
    }

    /// <summary>Maps the next packet of a track. Packets come in decoding order.</summary>
    public SessionTime Map(SourceTime time)
    {
        if (_epoch is null) StartAt(time);
        if (!_tracks.TryGetValue(time.Track, out var track)) _tracks[time.Track] = track = new Track();
        var duration = Math.Clamp(Ticks(time.Duration, time), 0, s_jump);
        if (track.DecodingTime(time) is not { } raw) return track.Follow(Epoch, duration);

        var unwrapped = Unwrap(raw, track.LastRaw ?? FromTicks(_newestSource, time), time.WrapBits);
        var source = Ticks(unwrapped, time);
        if (_isBroken) (_epoch, _isBroken) = ((Epoch + 1, _end - source), false);
        var note = track.LastRaw is null ? Join(track, source) : Continue(track, source);
        (track.LastRaw, track.LastSource, _newestSource) = (unwrapped, source, source);

        var at = source + track.Offset;
        var dts = Math.Max(at, track.LastMedia ?? long.MinValue);
        var pts = time.Pts is { } shown ? at + Ticks(Unwrap(shown - raw, 0, time.WrapBits), time) : dts;
        if (Math.Abs(pts - dts) > s_jump)
        {
            pts = dts;
            note ??= new StreamNote("corrupt", new(dts), "A packet is shown more than 10 s from its decoding; its decoding time is used.");
        }

        track.LastMedia = dts;
        track.Step = duration > 0 ? duration : track.Step;
        _end = Math.Max(_end, dts + track.Step);
        return new SessionTime(track.Epoch, new(pts), new(dts), new(duration), note);
    }

    // A track's first packet: it shares the newest epoch's base unless that puts it far from where the session is.
    private StreamNote? Join(Track track, long source)
    {
        (track.Epoch, track.Offset) = _epoch!.Value;
        return Math.Abs(source + track.Offset - _end) <= s_jump ? null : Jump(track, source, "starts far from the other tracks");
    }

    private StreamNote? Continue(Track track, long source)
    {
        if (track.Epoch != Epoch && track.Offset == _epoch!.Value.Offset) track.Epoch = Epoch;
        var step = source - track.LastSource;
        if (step >= -s_stepBack && step <= s_jump)
        {
            return step - track.Step <= s_gap ? null
                : new StreamNote("gap", new(track.LastMedia!.Value), $"No packets for {new MediaTime(step).Seconds:0.0} s.");
        }

        if (track.Epoch != Epoch && Math.Abs(source + _epoch!.Value.Offset - _end) <= s_jump)
        {
            (track.Epoch, track.Offset) = _epoch.Value; // another track has crossed the same jump already
            return null;
        }

        return Jump(track, source, $"jump by {new MediaTime(step).Seconds:0.0} s");
    }

    private StreamNote Jump(Track track, long source, string how)
    {
        _epoch = (Epoch + 1, _end - source);
        (track.Epoch, track.Offset) = _epoch.Value;
        return new StreamNote("jump", new(_end), $"The source's times {how}; media time goes on in epoch {Epoch}.");
    }

    private static long Unwrap(long raw, long near, int bits)
    {
        if (bits is <= 0 or >= 63) return raw;
        var period = 1L << bits;
        var step = (raw - near) & (period - 1);
        return near + (step >= period / 2 ? step - period : step);
    }

    private static long Ticks(long value, SourceTime unit) => Scale(value, (Int128)unit.Num * MediaTime.TicksPerSecond, unit.Den);

    private static long FromTicks(long ticks, SourceTime unit) => Scale(ticks, unit.Den, (Int128)unit.Num * MediaTime.TicksPerSecond);

    // Rounds to the nearest; a source that counts in years saturates instead of overflowing.
    private static long Scale(long value, Int128 numerator, Int128 denominator)
    {
        var doubled = 2 * (value * numerator);
        var scaled = (doubled + (doubled >= 0 ? denominator : -denominator)) / (2 * denominator);
        return (long)Int128.Clamp(scaled, long.MinValue / 4, long.MaxValue / 4);
    }

    private sealed class Track
    {
        private const int DeepestReordering = 16;
        private int _blind;

        public long? LastRaw, LastMedia;
        public long LastSource, Offset, Step;
        public int Epoch;

        // Matroska leaves out the decoding times of the first packets of a reordered stream: until they start, time stands still. A source that never
        // writes any is taken as not reordered.
        public long? DecodingTime(SourceTime time)
        {
            _blind = time.Dts is null ? _blind + 1 : 0;
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
    }
}
