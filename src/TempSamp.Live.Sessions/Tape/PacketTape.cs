using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>How full a tape is.</summary>
/// <param name="Held">From the oldest key frame to the newest video frame.</param>
/// <param name="Bytes">Encoded bytes kept.</param>
/// <param name="Pieces">GOPs kept.</param>
public sealed record TapeStatus(TimeRange Held, long Bytes, int Pieces);

/// <summary>The newest part of a stream as encoded packets, in whole GOPs; clips are cut from it without reading the stream again.</summary>
/// <remarks>
/// One thread writes, any thread reads; readers take references, never copies of bytes. The oldest GOPs leave when the tape is longer than its
/// seconds or larger than its bytes, except those that a pin holds: pinned GOPs may exceed the bounds until the clip is cut. A single GOP
/// larger than the bytes is dropped whole.
/// </remarks>
public sealed class PacketTape(TapeBounds bounds) : IPacketSink
{
    /// <summary>How much later than video a source may deliver the audio of the same instant.</summary>
    private static readonly TimeSpan _interleave = TimeSpan.FromSeconds(1);

    private const int NotesKept = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, TrackFormat> _tracks = [];
    private readonly Dictionary<int, MediaTime> _reached = [];
    private readonly List<TapePiece> _pieces = [];
    private readonly List<Pin> _pins = [];
    private readonly List<Waiter> _waiters = [];
    private readonly Queue<StreamNote> _notes = [];
    private TapePiece? _open;
    private long _bytes;
    private long _numbered;
    private MediaTime _evictedTo = new(long.MinValue);
    private bool _ended;

    /// <inheritdoc/>
    public void Track(TrackFormat format, int epoch)
    {
        lock (_gate)
        {
            if (_tracks.TryGetValue(format.Index, out var known) && !IsSame(known, format)) _open = null;
            _tracks[format.Index] = format;
        }
    }

    /// <inheritdoc/>
    public void Packet(MediaPacket packet)
    {
        lock (_gate)
        {
            if (!_tracks.TryGetValue(packet.Track, out var track))
                throw new InvalidOperationException($"packet at {packet.Dts} belongs to track {packet.Track}, which was not announced");

            if (_open?.Epoch != packet.Epoch) _open = null;
            if (packet.IsKey && packet.Track == VideoTrack()) Open(packet);
            if (_open is not null)
            {
                _open.Add(packet, track);
                _bytes += packet.Data.Length;
            }
            _reached[packet.Track] = packet.Dts;
            Evict();
            Release();
        }
    }

    /// <inheritdoc/>
    public void Note(StreamNote note)
    {
        lock (_gate) AddNote(note);
    }

    /// <inheritdoc/>
    void IPacketSink.Date(MediaTime at, DateTimeOffset utc, string source)
    {
        // Packets are found by media time alone.
    }

    /// <summary>No packet follows: whoever waits gets what there is.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _ended = true;
            Release();
        }
    }

    /// <summary>The most recent notes, oldest first.</summary>
    public IReadOnlyList<StreamNote> Notes
    {
        get { lock (_gate) return [.. _notes]; }
    }

    /// <summary>How full the tape is now.</summary>
    public TapeStatus Status
    {
        get { lock (_gate) return new(_pieces.Count == 0 ? default : new(_pieces[0].Start, _pieces.Max(piece => piece.End)), _bytes, _pieces.Count); }
    }

    /// <summary>Keeps what the tape holds and will hold of a range until the pin is disposed.</summary>
    public IDisposable Hold(TimeRange range)
    {
        var pin = new Pin(this, range);
        lock (_gate) _pins.Add(pin);
        return pin;
    }

    /// <summary>Waits until every packet of the range has been read, or the stream has ended, and hands them out.</summary>
    /// <exception cref="ClipException">
    /// <c>evicted</c>: the tape no longer holds the start; <c>no-key-frame</c>: no picture of the range can be decoded; <c>format-changed</c>: the codec
    /// parameters change inside.
    /// </exception>
    public async Task<TapeSlice> SliceAsync(TimeRange range, CancellationToken cancel)
    {
        await WaitAsync(range.End, cancel);
        lock (_gate) return TapeCut.Slice(_pieces, range, _evictedTo);
    }

    private async Task WaitAsync(MediaTime until, CancellationToken cancel)
    {
        var waiter = new Waiter(until, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            _waiters.Add(waiter);
            Release();
        }
        try
        {
            await waiter.Done.Task.WaitAsync(cancel);
        }
        finally
        {
            lock (_gate) _waiters.Remove(waiter);
        }
    }

    private void Open(MediaPacket key)
    {
        _open = new TapePiece(_numbered++, key.Epoch, key.Pts);
        _pieces.Add(_open);
    }

    private void Evict()
    {
        if (_open is { } open && open.Bytes > bounds.Bytes)
        {
            AddNote(new("tape", open.Start, $"the GOP at {open.Start} exceeds the tape's {bounds.Bytes} bytes and was dropped; raise the bound or send key frames more often"));
            _open = null;
            Remove(open);
        }
        if (_pieces.Count == 0) return;
        var oldest = _pieces[^1].End - bounds.Length;
        foreach (var piece in _pieces.Where(piece => piece != _open && !_pins.Exists(pin => piece.Meets(pin.Range))).ToList())
        {
            if (_bytes <= bounds.Bytes && piece.End > oldest) return;
            Remove(piece);
        }
    }

    private void Remove(TapePiece piece)
    {
        _pieces.Remove(piece);
        _bytes -= piece.Bytes;
        _evictedTo = MediaTime.Max(_evictedTo, piece.End);
    }

    private void Release()
    {
        foreach (var waiter in _waiters.Where(waiter => _ended || IsRead(waiter.Until))) waiter.Done.TrySetResult();
    }

    /// <summary>Whether all packets of an instant have been read: every track is past it, or video so far that the rest must be silent.</summary>
    private bool IsRead(MediaTime until) =>
        VideoTrack() is { } video && _reached.TryGetValue(video, out var at) && at >= until
        && (at >= until + _interleave || _tracks.Keys.All(track => _reached.TryGetValue(track, out var reached) && reached >= until));

    private int? VideoTrack()
    {
        int? video = null;
        foreach (var track in _tracks.Values)
            if (track.Kind == TrackKind.Video && !(video < track.Index)) video = track.Index;
        return video;
    }

    private void AddNote(StreamNote note)
    {
        _notes.Enqueue(note);
        if (_notes.Count > NotesKept) _notes.Dequeue();
    }

    /// <summary>Whether two descriptions of a track mean the same codec parameters, byte for byte.</summary>
    internal static bool IsSame(TrackFormat a, TrackFormat b) =>
        a with { CodecConfig = default } == b with { CodecConfig = default } && a.CodecConfig.Span.SequenceEqual(b.CodecConfig.Span);

    private sealed record Waiter(MediaTime Until, TaskCompletionSource Done);

    private sealed class Pin(PacketTape tape, TimeRange range) : IDisposable
    {
        public TimeRange Range { get; } = range;

        public void Dispose()
        {
            lock (tape._gate) tape._pins.Remove(this);
        }
    }
}
