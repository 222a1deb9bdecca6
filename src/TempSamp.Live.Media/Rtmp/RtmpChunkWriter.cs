using System.Buffers;
using System.Buffers.Binary;

namespace TempSamp.Live.Media;

/// <summary>Writes messages as chunks of the default size, each with a full header: the server's few small ones need no better.</summary>
internal sealed class RtmpChunkWriter(Stream to)
{
    private const int ChunkSize = 128;

    /// <summary>Sends a command: name, transaction, and its arguments.</summary>
    public Task CommandAsync(int streamId, string name, double transaction, CancellationToken cancel, params object?[] arguments)
    {
        var body = new ArrayBufferWriter<byte>();
        Amf0.Write(body, name, transaction);
        Amf0.Write(body, arguments);
        return WriteAsync(3, RtmpType.CommandAmf0, streamId, body.WrittenMemory, cancel);
    }

    /// <summary>Sends a control message of one 32-bit number, and a limit type where the message has one.</summary>
    public Task ControlAsync(byte type, uint value, CancellationToken cancel, byte? limitType = null)
    {
        var body = new byte[limitType is null ? 4 : 5];
        BinaryPrimitives.WriteUInt32BigEndian(body, value);
        if (limitType is { } limit) body[4] = limit;
        return WriteAsync(2, type, 0, body, cancel);
    }

    /// <summary>Sends a user control event.</summary>
    public Task UserControlAsync(ushort kind, uint value, CancellationToken cancel)
    {
        var body = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(body, kind);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(2), value);
        return WriteAsync(2, RtmpType.UserControl, 0, body, cancel);
    }

    /// <summary>Sends one message at time 0.</summary>
    public async Task WriteAsync(byte chunkStream, byte type, int streamId, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        var chunks = new ArrayBufferWriter<byte>();
        Span<byte> header = stackalloc byte[12];
        header[0] = chunkStream;
        header[4] = (byte)(body.Length >> 16);
        header[5] = (byte)(body.Length >> 8);
        header[6] = (byte)body.Length;
        header[7] = type;
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], streamId);
        chunks.Write(header);

        for (var at = 0; at < body.Length; at += ChunkSize)
        {
            if (at > 0) chunks.Write<byte>([(byte)(0xC0 | chunkStream)]);
            chunks.Write(body.Span[at..Math.Min(at + ChunkSize, body.Length)]);
        }

        await to.WriteAsync(chunks.WrittenMemory, cancel).ConfigureAwait(false);
    }
}
