using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Numerics;

namespace TempSamp.Live.Media;

/// <summary>
/// A publisher's messages as one FLV byte stream, from the connection that writes it to the demuxer that reads it. Holds at most
/// <see cref="Capacity"/> bytes: a slow reader slows the publisher down through TCP, nothing is dropped.
/// </summary>
public sealed class FlvPipe : IDisposable
{
    /// <summary>Bytes held before the publisher has to wait.</summary>
    public const int Capacity = 4_000_000;

    private const int TagHeader = 11;
    private static readonly byte[] s_fileHeader = [(byte)'F', (byte)'L', (byte)'V', 1, 0b101, 0, 0, 0, 9, 0, 0, 0, 0];

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: Capacity, resumeWriterThreshold: Capacity / 2, useSynchronizationContext: false));
    private readonly CancellationTokenSource _closed = new();

    /// <summary>Starts the stream with its file header.</summary>
    public FlvPipe() => _pipe.Writer.Write(s_fileHeader);

    /// <summary>Cancelled when the reader went away: the publisher has nobody to publish to.</summary>
    internal CancellationToken Closed => _closed.Token;

    /// <summary>Appends one FLV tag; waits while the pipe is full.</summary>
    /// <param name="type">8 audio, 9 video, 18 data: RTMP message types and FLV tag types are the same numbers.</param>
    /// <param name="timestamp">Milliseconds.</param>
    /// <param name="body">The message body, which is the tag body.</param>
    /// <param name="cancel">Stops waiting.</param>
    internal async ValueTask WriteAsync(byte type, uint timestamp, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        var total = TagHeader + body.Length + 4;
        WriteTag(_pipe.Writer.GetSpan(total)[..total], type, timestamp, body.Span);
        _pipe.Writer.Advance(total);
        await _pipe.Writer.FlushAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Appends tags as they came out of another pipe; waits while this one is full.</summary>
    internal async ValueTask WriteAsync(ReadOnlyMemory<byte> tags, CancellationToken cancel) => await _pipe.Writer.WriteAsync(tags, cancel).ConfigureAwait(false);

    /// <summary>Whether the publisher said that its stream is over; else its connection broke. Known at the end of the bytes.</summary>
    internal bool HasSaidFarewell { get; private set; }

    /// <summary>Ends the stream; the reader sees end of file after the last tag.</summary>
    /// <param name="isFarewell">Whether the publisher said so.</param>
    internal void Complete(bool isFarewell = false)
    {
        HasSaidFarewell = isFarewell;
        _pipe.Writer.Complete();
    }

    /// <summary>The reader's end, which blocks under a deadline. Disposing it closes the pipe.</summary>
    internal Stream OpenRead(Deadline deadline) => new DeadlineStream(_pipe.Reader.AsStream(leaveOpen: true), deadline, this);

    /// <summary>Closes the reader's end.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        _pipe.Reader.Complete();
    }

    // type:8, body length:24, time:24, time's top byte:8, stream id:24, body, length of all that:32
    private static void WriteTag(Span<byte> tag, byte type, uint timestamp, ReadOnlySpan<byte> body)
    {
        BinaryPrimitives.WriteUInt32BigEndian(tag, ((uint)type << 24) | (uint)body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(tag[4..], BitOperations.RotateLeft(timestamp, 8));
        tag[8..TagHeader].Clear();
        body.CopyTo(tag[TagHeader..]);
        BinaryPrimitives.WriteUInt32BigEndian(tag[(TagHeader + body.Length)..], (uint)(TagHeader + body.Length));
    }
}
