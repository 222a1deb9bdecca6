using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>How full a tape is.</summary>
/// <param name="Held">From the oldest video frame to the newest.</param>
/// <param name="Bytes">Encoded bytes that clips can be cut from.</param>
/// <param name="Pieces">Groups of pictures, or parts of long ones.</param>
/// <param name="MemoryBytes">Of these bytes, those in memory.</param>
/// <param name="DiskBytes">Bytes of the files on disk.</param>
/// <param name="HasRandomAccess">Whether key frames come often enough that clips can begin close to where they should.</param>
public sealed record TapeStatus(TimeRange Held, long Bytes, int Pieces, long MemoryBytes, long DiskBytes, bool HasRandomAccess);

/// <summary>The newest part of a stream as encoded packets, in whole groups of pictures; clips are cut from it without reading the stream again.</summary>
/// <remarks>
/// One thread writes, any thread reads; readers take references, never copies of bytes. A closed group is written to the session's folder when it has
/// one, and leaves memory when memory is full. Without a folder it leaves the tape then. The oldest groups leave when the tape is longer than its seconds
/// or larger than its disk, except those that a pin holds: pinned ones may exceed the bounds until the clip is cut. A group of more than
/// ten seconds is kept in parts; a clip of a part needs all parts before it back to the key frame.
/// </remarks>
public sealed partial class PacketTape(TapeBounds bounds) : IPacketSink
{
    /// <summary>Longest part of a group, and its most bytes; a stream whose groups are longer has no random access.</summary>
    private static readonly TimeSpan _part = TimeSpan.FromSeconds(10);

    /// <summary>Longest hole between pictures that are still taken for neighbours.</summary>
    private static readonly TimeSpan _seam = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan _spillPause = TimeSpan.FromSeconds(30);

    private const int PartBytes = 16 << 20;
    private const int NotesKept = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, TrackFormat> _tracks = [];
    private readonly Dictionary<int, MediaTime> _reached = [];
    private readonly List<TapePiece> _pieces = [];
    private readonly Queue<StreamNote> _notes = [];
    private TapeFolder? _folder;
    private TapePiece? _open;
    private long _memory;
    private long _numbered;
    private MediaTime _evictedTo = new(long.MinValue), _newest, _lastKey;
    private MediaTime? _spillsAgainAt, _lostFrom;
    private bool _ended, _isKeyless;

    /// <summary>Writes closed groups to a session's folder from now on.</summary>
    internal void SpillTo(TapeFolder folder)
    {
        lock (_gate) _folder = folder;
    }

    /// <summary>The tape of a session that was not finished, as far as its folder holds it.</summary>
    internal static PacketTape Recovered(TapeFolder folder, TapeBounds bounds)
    {
        var tape = new PacketTape(bounds) { _ended = true };
        tape._pieces.AddRange(folder.Recover());
        foreach (var track in tape._pieces.SelectMany(piece => piece.Tracks)) tape._tracks[track.Index] = track;
        tape._lostFrom = tape._pieces.Count > 0 ? tape._pieces.Max(piece => piece.End) : new(long.MinValue);
        if (tape._pieces.Count > 0) tape._evictedTo = tape._pieces[0].Start;
        return tape;
    }

    /// <inheritdoc/>
    public void Track(TrackFormat format, int epoch)
    {
        lock (_gate)
        {
            if (_tracks.TryGetValue(format.Index, out var known) && !IsSame(known, format)) Close();
            _tracks[format.Index] = format;
        }
    }

    /// <inheritdoc/>
    public void Packet(MediaPacket packet)
    {
        lock (_gate)
        {
            _ended = false;
            if (!_tracks.TryGetValue(packet.Track, out var track))
                throw new InvalidOperationException($"packet at {packet.Dts} belongs to track {packet.Track}, which was not announced");

            if (_open?.Epoch != packet.Epoch) Close();
            if (packet.Track == VideoTrack()) Turn(packet);
            if (_open is not null)
            {
                _open.Add(packet, track);
                if (track.Kind == TrackKind.Video && packet.Pts < _open.Start) Before(_open)?.Show(packet);
                _memory += packet.Data.Length;
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

    /// <summary>No packet follows for long: whoever waits gets what there is.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            _ended = true;
            Release();
        }
    }

    /// <summary>No packet follows: the last group is closed, whoever waits gets what there is.</summary>
    public void Complete()
    {
        lock (_gate) Close();
        Pause();
    }

    /// <summary>The most recent notes, oldest first.</summary>
    public IReadOnlyList<StreamNote> Notes
    {
        get { lock (_gate) return [.. _notes]; }
    }

    /// <summary>How full the tape is now.</summary>
    public TapeStatus Status
    {
        get
        {
            lock (_gate)
                return new(_pieces.Count == 0 ? default : new(_pieces[0].Start, _pieces.Max(piece => piece.End)), _pieces.Sum(piece => piece.Bytes), _pieces.Count, _memory, _folder?.Bytes ?? 0, !_isKeyless);
        }
    }

    // A key frame begins a group; a group that goes on too long is kept in parts.
    private void Turn(MediaPacket packet)
    {
        if (packet.IsKey) (_lastKey, _isKeyless) = (packet.Dts, false);
        else if (_open is null && !GoesOn(packet)) return;
        else if (_open is not null && packet.Dts - _open.FirstDts < MediaTime.From(_part) && _open.Bytes < Math.Min(PartBytes, bounds.Bytes / 2)) return;

        Close();
        _open = new TapePiece(_numbered++, packet);
        _pieces.Add(_open);
        if (packet.IsKey || _isKeyless || packet.Dts - _lastKey < MediaTime.From(_part)) return;
        _isKeyless = true;
        AddNote(new("tape", packet.Dts, $"no key frame since {_lastKey}: the stream has no random access, clips must be decoded from there; have the encoder send one every few seconds"));
    }

    // The piece that was read before another one without a hole between them.
    private TapePiece? Before(TapePiece open) => _pieces is [.., var last, _] && last.Number == open.Number - 1 && last.Epoch == open.Epoch ? last : null;

    // The source's times jumped between two pictures, and nothing else: what follows leans on what came before.
    private bool GoesOn(MediaPacket packet) => _pieces is [.., var last] && packet.Dts - last.End <= MediaTime.From(_seam)
        && last.Tracks.FirstOrDefault(track => track.Index == packet.Track) is { } format && IsSame(format, _tracks[packet.Track]);

    private void Close()
    {
        if (_open is not { } piece) return;
        _open = null;
        if (_folder is null || (_spillsAgainAt is { } again && piece.End < again)) return;
        try
        {
            piece.Location = _folder.Append(piece);
            _spillsAgainAt = null;
        }
        catch (IOException error)
        {
            _spillsAgainAt = piece.End + _spillPause;
            AddNote(new("tape", piece.Start, $"the tape cannot be written to {_folder.Folder} and is in memory only for a while: {error.Message}"));
        }
    }

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
}
