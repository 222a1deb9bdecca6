using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Segments that belong together, back to back as one stream of bytes: what one demuxer reads. Ends where the next segment does not continue it, and where the
/// feed fails, so that the demuxer gives all it has; the feed then tells whoever takes the next segment.
/// </summary>
internal sealed class SegmentRun : Stream
{
    private readonly SegmentFeed _feed;
    private readonly Queue<(long At, SourceMark Mark)> _marks = new();
    private FedSegment _current;
    private ReadOnlyMemory<byte> _rest;
    private long _position;

    /// <summary>Starts with a segment that was taken from the feed, behind its initialisation section.</summary>
    public SegmentRun(SegmentFeed feed, FedSegment first)
    {
        (_feed, _current, First) = (feed, first, first);
        _rest = (byte[])[.. first.Bytes.Map ?? [], .. first.Bytes.Bytes];
        _marks.Enqueue((0, first.Mark));
    }

    /// <summary>The segment that it began with.</summary>
    public FedSegment First { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>What is to be said of a packet: of every segment that has begun up to it and was not spoken of yet; null mostly.</summary>
    /// <param name="at">Where the packet began in the bytes; negative when unknown.</param>
    public SourceMark? MarkAt(long at)
    {
        SourceMark? joined = null;
        while (_marks.TryPeek(out var next) && next.At <= (at < 0 ? _position : at))
        {
            var mark = _marks.Dequeue().Mark;
            joined = joined is null ? mark : new SourceMark(joined.IsBreak || mark.IsBreak, joined.Missing + mark.Missing, [.. joined.Notes, .. mark.Notes]) { Date = mark.Date ?? joined.Date };
        }

        return joined;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (_rest.IsEmpty)
        {
            if (Following() is not { } next || !next.Continues(_current)) return 0;
            _current = _feed.Take()!;
            _rest = _current.Bytes.Bytes;
            _marks.Enqueue((_position, _current.Mark));
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
