using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Segments that belong together, back to back as one stream of bytes: what one demuxer reads. Ends where the next segment does not continue it, and where the
/// feed fails, so that the demuxer gives all it has; the feed then tells whoever takes the next segment.
/// </summary>
internal sealed class SegmentRun : Stream
{
    private readonly SegmentFeed _feed;
    private readonly Queue<(long At, FedSegment Segment)> _unsaid = new();
    private FedSegment _current;
    private ReadOnlyMemory<byte> _rest;
    private long _position, _at;

    /// <summary>Starts with a segment that was taken from the feed, behind its initialisation section.</summary>
    public SegmentRun(SegmentFeed feed, FedSegment first)
    {
        (_feed, _current, First) = (feed, first, first);
        _rest = (byte[])[.. first.Bytes.Map ?? [], .. first.Bytes.Bytes];
        _unsaid.Enqueue((0, first));
    }

    /// <summary>The segment that it began with.</summary>
    public FedSegment First { get; }

    /// <summary>Whether a packet came of it.</summary>
    public bool HasGiven { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// What is to be said of a packet: of every segment that has begun up to it and was not spoken of yet; null mostly. Of several the last one gave the packet, and the
    /// others gave none: they are missing.
    /// </summary>
    /// <param name="at">Where the packet began in the bytes; negative when unknown: then at the newest place that was known, for what was read ahead says nothing.</param>
    /// <param name="hasPlaces">Whether packets will come whose place is known, as those of pictures are.</param>
    public SourceMark? MarkAt(long at, bool hasPlaces)
    {
        HasGiven = true;
        if (at >= 0) _at = at;
        SourceMark? joined = null;
        var reached = hasPlaces || at >= 0 ? _at : _position;
        while (_unsaid.TryPeek(out var next) && next.At <= reached)
        {
            _unsaid.Dequeue();
            var isLost = hasPlaces && _unsaid.TryPeek(out var after) && after.At <= reached;
            joined = (isLost ? LostMark(next.Segment) : next.Segment.Mark).After(joined);
        }

        return joined;
    }

    /// <summary>
    /// What would have been said of segments that gave no packet before the demuxer failed or ended, with their lengths as missing, and with what is left of the one that was
    /// being read.
    /// </summary>
    public SourceMark Lost(string why)
    {
        var rest = _unsaid.Any(unsaid => unsaid.Segment == _current) ? TimeSpan.Zero : _current.Segment.Duration * ((double)_rest.Length / Math.Max(1, _current.Bytes.Bytes.Length));
        var lost = new SourceMark(false, rest, [("corrupt", $"Reading goes on with the next segment: {why}")]);
        while (_unsaid.TryDequeue(out var unsaid)) lost = lost.After(LostMark(unsaid.Segment));
        return lost;
    }

    // The date is that of a picture that does not come.
    private static SourceMark LostMark(FedSegment segment) => segment.Mark with { Missing = segment.Mark.Missing + segment.Segment.Duration, Date = null };

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (_rest.IsEmpty)
        {
            if (Following() is not { } next || !next.Continues(_current)) return 0;
            _current = _feed.Take()!;
            _rest = _current.Bytes.Bytes;
            _unsaid.Enqueue((_position, _current));
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.Span[..count].CopyTo(buffer);
        _rest = _rest[count..];
        _position += count;
        return count;
    }

    private FedSegment? Following()
    {
        try
        {
            return _feed.Peek();
        }
        catch (StreamException)
        {
            return null;
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
