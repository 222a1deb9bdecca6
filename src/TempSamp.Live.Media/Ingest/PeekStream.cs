namespace TempSamp.Live.Media;

/// <summary>A stream whose first bytes can be looked at before it is read from the start.</summary>
internal sealed class PeekStream : Stream
{
    private const int HeadBytes = 64;

    private readonly Stream _rest;
    private readonly byte[] _head;
    private long _position;

    public PeekStream(Stream body)
    {
        _rest = body;
        var head = new byte[HeadBytes];
        _head = head[..body.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)];
    }

    /// <summary>The first bytes; fewer than 64 only when there are no more.</summary>
    public ReadOnlySpan<byte> Head => _head;

    public override bool CanRead => true;

    public override bool CanSeek => _rest.CanSeek;

    public override bool CanWrite => false;

    public override long Length => _rest.Length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (_position < _head.Length)
        {
            read = Math.Min(buffer.Length, _head.Length - (int)_position);
            _head.AsSpan((int)_position, read).CopyTo(buffer);
        }
        else
        {
            read = _rest.Read(buffer);
        }

        _position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => Length + offset };
        _rest.Seek(Math.Max(target, _head.Length), SeekOrigin.Begin);
        return _position = target;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _rest.Dispose();
        base.Dispose(disposing);
    }
}
