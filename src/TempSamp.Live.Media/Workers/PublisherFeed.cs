using System.Buffers.Binary;

namespace TempSamp.Live.Media;

/// <summary>
/// Brings what a publisher sends to the worker that reads its stream. While there is none, tags are passed over, so that the publisher is not held up
/// and the next worker begins at the live edge; it first gets the tags that describe the tracks.
/// </summary>
internal sealed class PublisherFeed : IDisposable
{
    private const int FileHeader = 13, TagHeader = 11, TagTrailer = 4;
    private const byte Audio = 8, Video = 9, Script = 18;

    private readonly FlvPipe _pipe;
    private readonly Stream _from;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly SortedDictionary<byte, byte[]> _descriptions = new(Comparer<byte>.Create((a, b) => b.CompareTo(a))); // script data first
    private WorkerProcess? _worker;
    private bool _isOver;

    /// <summary>Starts reading from the publisher's pipe, which it owns.</summary>
    public PublisherFeed(FlvPipe pipe, TimeProvider time)
    {
        _pipe = pipe;
        _from = pipe.OpenRead(new Deadline(time, _stop.Token));
        new Thread(Run) { Name = "publisher", IsBackground = true }.Start();
    }

    /// <summary>Sends what comes from now on to a worker.</summary>
    /// <exception cref="WorkerLostException">The worker is gone.</exception>
    public void Attach(WorkerProcess worker)
    {
        lock (_lock)
        {
            foreach (var tag in _descriptions.Values) worker.Send(WireKind.Tags, tag);
            if (_isOver) worker.Send(WireKind.TagsEnd, Farewell);
            _worker = worker;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _from.Dispose();
    }

    private void Run()
    {
        try
        {
            _from.ReadExactly(new byte[FileHeader]);
            while (ReadTag() is { } tag) Pass(WireKind.Tags, tag);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The publisher broke off, or the stream was stopped: either way nothing follows.
        }

        Pass(WireKind.TagsEnd, Farewell);
    }

    private byte[] Farewell => [(byte)(_pipe.HasSaidFarewell ? 1 : 0)];

    // The writer of the pipe made the tags: their lengths are right.
    private byte[]? ReadTag()
    {
        var header = new byte[TagHeader];
        if (_from.ReadAtLeast(header, TagHeader, throwOnEndOfStream: false) < TagHeader) return null;
        var body = (int)(BinaryPrimitives.ReadUInt32BigEndian(header) & 0xFFFFFF);
        var tag = new byte[TagHeader + body + TagTrailer];
        header.CopyTo(tag, 0);
        _from.ReadExactly(tag.AsSpan(TagHeader));
        return tag;
    }

    private void Pass(WireKind kind, byte[] tag)
    {
        WorkerProcess? worker;
        lock (_lock)
        {
            if (kind == WireKind.TagsEnd) _isOver = true;
            else if (Describes(tag)) _descriptions[tag[0]] = tag;
            worker = _worker;
        }

        if (worker?.TrySend(kind, tag) == false)
            lock (_lock) if (_worker == worker) _worker = null;
    }

    // Script data, or a packet of codec parameters: type 0 in its second byte, or in the low half of an Enhanced RTMP tag's first.
    private static bool Describes(byte[] tag)
    {
        var body = tag.AsSpan(TagHeader, tag.Length - TagHeader - TagTrailer);
        if (tag[0] == Script) return true;
        if (body.Length < 2) return false;
        const int aac = 10, avc = 7, hevc = 12, extendedAudio = 9, extendedVideo = 8;
        return tag[0] switch
        {
            Audio => body[0] >> 4 == aac ? body[1] == 0 : body[0] >> 4 == extendedAudio && (body[0] & 0xF) == 0,
            Video => body[0] >> 4 >= extendedVideo ? (body[0] & 0xF) == 0 : (body[0] & 0xF) is avc or hevc && body[1] == 0,
            _ => false,
        };
    }
}
