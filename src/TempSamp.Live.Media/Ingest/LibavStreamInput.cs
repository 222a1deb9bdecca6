using System.Threading.Channels;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>An open stream: one thread reads packets, maps their times, hands them to the tape and decodes the frames of the 2 fps grid.</summary>
internal sealed partial class LibavStreamInput : IStreamInput
{
    private const string Playlist = "hls";

    private readonly StreamPlan _plan;
    private readonly StreamUrl _url;
    private readonly FormatInput _input;
    private readonly Deadline _deadline;
    private readonly IngestOptions _options;
    private readonly TimeProvider _time;
    private readonly SessionClock _clock = new();
    private readonly Queue<SourcePacket> _early = new();
    private readonly List<TrackFormat> _tracks;
    private readonly Lock _watching = new();
    private readonly FlvPipe? _published;
    private readonly ArrivalReader? _paced;
    private readonly PictureRate _rate;
    private readonly PictureDates _dates;
    private SourceTime _first;
    private FrameSampler? _sampler;
    private bool _isWatched = true;
    private long _startedTimestamp;
    private TimeSpan _behind;

    private LibavStreamInput(StreamPlan plan, StreamUrl url, FormatInput input, FlvPipe? published, Deadline deadline, IngestOptions options, TimeProvider time)
    {
        (_plan, _url, _input, _deadline, _options, _time) = (plan, url, input, deadline, options, time);
        (_tracks, _published) = ([.. input.Tracks], published);
        var comesAtItsPace = url.Kind is not (StreamUrlKind.File or StreamUrlKind.Http) || (url.Kind == StreamUrlKind.Http && input.Container != Playlist && input.Duration is null);
        if (comesAtItsPace) _paced = new ArrivalReader(input.TryRead, time);
        (_rate, _dates) = (new PictureRate(options.MaxFrameRate), new PictureDates(time));
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrackFormat> Tracks => _tracks;

    /// <inheritdoc/>
    public DateTimeOffset StartedAt { get; private set; }

    /// <inheritdoc/>
    public string ClockSource { get; private set; } = WallClock.Arrival;

    /// <summary>How much of a file was passed over.</summary>
    public MediaTime Skipped { get; private set; }

    /// <inheritdoc/>
    public string? Bookmark => _input.Bookmark;

    /// <inheritdoc/>
    public TimeSpan? MissingBefore => _input.MissingBefore;

    /// <inheritdoc/>
    public bool IsLive => _paced is not null || (_input.Container == Playlist && _input.Duration is null);

    /// <inheritdoc/>
    public async Task PumpAsync(IPacketSink tape, ChannelWriter<SampledFrame> frames, TimelinePlace from, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(frames);
        _deadline.Cancel = cancel;
        try
        {
            await NamedThread.RunAsync($"ingest {_plan.Id}", () => Pump(tape, frames, from, cancel)).ConfigureAwait(false);
        }
        catch (FFmpegException e)
        {
            throw new StreamException($"Stream {_plan.Id} broke: {e.Message}.", "native", e);
        }
    }

    /// <inheritdoc/>
    public void Attend(bool isWatched)
    {
        lock (_watching)
        {
            _isWatched = isWatched;
            _sampler?.Attend(isWatched);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _input.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool Pump(IPacketSink tape, ChannelWriter<SampledFrame> frames, TimelinePlace from, CancellationToken cancel)
    {
        _clock.StartAt(_first, from);
        using var sampler = new FrameSampler(_plan.Profile.FrameWidth, _plan.Profile.FrameHeight, _options, _time, frame => Write(frames, frame, cancel), SlotAfter(from.At));
        lock (_watching) (_sampler = sampler).Attend(_isWatched);
        foreach (var track in _tracks) tape.Track(track, _clock.Epoch);
        sampler.Start(_tracks.First(t => t.Kind == TrackKind.Video));
        var damage = new DamageNotes(tape);
        var last = from.At;
        try
        {
            last = Read(tape, sampler, from, damage, cancel);
        }
        catch (StreamException)
        {
            sampler.Finish();   // what was read is still shown
            throw;
        }

        sampler.Finish();
        damage.Look(last, isDamaged: false, sampler.Damaged);
        return true;
    }

    private MediaTime Read(IPacketSink tape, FrameSampler sampler, TimelinePlace from, DamageNotes damage, CancellationToken cancel)
    {
        var last = from.At;
        while (TryNext(out var packet))
        {
            while (Announce()) tape.Track(_tracks[^1], _clock.Epoch);
            _dates.Hear(packet.Mark);
            if (packet.Mark is { IsBreak: true, Missing: var hole }) _clock.Break(MediaTime.From(hole), _dates.NextPlace(_clock.End));
            var isNewFormat = ChangesFormat(packet);
            var at = _clock.Map(packet.Time);
            if (at.Note is { } note) tape.Note(note);
            if (isNewFormat) SwitchFormat(_tracks[packet.Time.Track], at, tape, sampler);
            if (packet.Mark is { } mark) Tell(mark, at, tape);
            if (!packet.IsHidden && _tracks[packet.Time.Track].Kind == TrackKind.Video) _dates.Tell(at.Pts, tape);
            Pace(at.Dts - from.At, cancel);
            Deliver(new MediaPacket(packet.Time.Track, at.Epoch, at.Pts, at.Dts, at.Duration, packet.IsKey, packet.Data, packet.IsDamaged) { IsHidden = packet.IsHidden }, tape, sampler);
            if (sampler.TakeNote() is { } aside) tape.Note(new StreamNote("decoder", at.Dts, aside));
            damage.Look(last = at.Dts, packet.IsDamaged, sampler.Damaged);
        }

        return last;
    }

    private static void Tell(SourceMark mark, SessionTime at, IPacketSink tape)
    {
        foreach (var (kind, text) in mark.Notes) tape.Note(new StreamNote(kind, at.Dts, text));
        if (mark.IsBreak) tape.Note(new StreamNote("jump", at.Dts, $"The playlist says that the source's times start anew; media time goes on in epoch {at.Epoch}."));
    }

    private static long SlotAfter(MediaTime at) => (at.Ticks * 2 + MediaTime.TicksPerSecond - 1) / MediaTime.TicksPerSecond;

    private bool TryNext(out SourcePacket packet)
    {
        if (_early.TryDequeue(out packet)) return true;
        _deadline.Set(_input.Patience);
        if (TryRead(out packet)) return true;
        if (_paced is null || _published is { HasSaidFarewell: true }) return false;
        throw new StreamException($"The connection of stream {_plan.Id} to {_url} was closed. If that was not meant to be, check the network and the server.", "dropped");
    }

    private bool TryRead(out SourcePacket packet) => _paced is null ? _input.TryRead(out packet) : _paced.TryRead(out packet);

    private TimeSpan LateBy(SourceTime time) => _paced is null || time.Arrival is not { } arrival ? TimeSpan.Zero : _paced.Now - arrival;

    private void Deliver(MediaPacket packet, IPacketSink tape, FrameSampler sampler)
    {
        tape.Packet(packet);
        if (_tracks[packet.Track].Kind == TrackKind.Video)
        {
            _rate.Count(packet.Dts);
            sampler.Push(packet);
            if (packet.IsKey) NativeHeap.GiveBack(_time);
        }
        else if (_url.Kind != StreamUrlKind.File) sampler.Reach(packet.Dts);
    }

    // A live stream's second track may show up after the first packets.
    private bool Announce()
    {
        if (_tracks.Count == _input.Tracks.Count) return false;
        _tracks.Add(_input.Tracks[_tracks.Count]);
        return true;
    }

    private bool ChangesFormat(SourcePacket packet)
    {
        if (packet.NewFormat is not { } format) return false;
        _tracks[packet.Time.Track] = format;
        _clock.ChangeFormat();
        return true;
    }

    private static void SwitchFormat(TrackFormat format, SessionTime at, IPacketSink tape, FrameSampler sampler)
    {
        var shape = format.Kind == TrackKind.Video ? $"{format.Width}x{format.Height}" : $"{format.SampleRate} Hz";
        tape.Track(format, at.Epoch);
        tape.Note(new StreamNote("format", at.Dts, $"Track {format.Index} changed its format to {format.Codec} {shape}; epoch {at.Epoch} starts."));
        if (format.Kind == TrackKind.Video) sampler.Start(format);
    }

    // Files play as a live stream would arrive; everything else comes at its own pace.
    private void Pace(MediaTime at, CancellationToken cancel)
    {
        if (_url.Kind != StreamUrlKind.File || !_options.Realtime) return;
        var early = at.ToTimeSpan() - _time.GetElapsedTime(_startedTimestamp);
        if (early > TimeSpan.FromMilliseconds(1)) Task.Delay(early, _time, cancel).GetAwaiter().GetResult();
    }

    private static void Write(ChannelWriter<SampledFrame> frames, SampledFrame frame, CancellationToken cancel)
    {
        if (!frames.TryWrite(frame)) frames.WriteAsync(frame, cancel).AsTask().GetAwaiter().GetResult();
    }
}
