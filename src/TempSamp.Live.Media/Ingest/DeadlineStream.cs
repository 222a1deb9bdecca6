namespace TempSamp.Live.Media;

/// <summary>Reads an asynchronous stream from a thread that may block, under a deadline.</summary>
/// <param name="body">The bytes.</param>
/// <param name="deadline">How long a read may take.</param>
/// <param name="owner">Disposed with this.</param>
internal sealed class DeadlineStream(Stream body, Deadline deadline, IDisposable owner) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        deadline.Wait(cancel => body.ReadAsync(buffer.AsMemory(offset, count), cancel).AsTask());

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) owner.Dispose();
        base.Dispose(disposing);
    }
}
