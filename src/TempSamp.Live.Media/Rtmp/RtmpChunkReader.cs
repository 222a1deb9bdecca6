using System.Buffers.Binary;
using System.IO.Pipelines;

namespace TempSamp.Live.Media;

/// <summary>
/// Joins RTMP chunks to messages (specification 5.3): four header forms that inherit from the previous chunk of the same chunk stream,
/// extended timestamps, interleaved messages, and the two control messages that belong to this layer (chunk size, abort).
/// </summary>
internal sealed class RtmpChunkReader(PipeReader from)
{
    private const int MostChunkStreams = 32;
    private const uint Extended = 0xFFFFFF;
    private const int HeaderBytes = 11;

    private readonly Dictionary<int, ChunkStream> _streams = [];
    private readonly byte[] _header = new byte[HeaderBytes];
    private int _chunkSize = 128;

    /// <summary>Bytes taken off the connection so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Largest message accepted; small until a client may publish.</summary>
    public int MaxMessageBytes { get; set; } = 64 * 1024;

    /// <summary>The next whole message; null when the peer closed between messages.</summary>
    /// <exception cref="RtmpException">The peer broke the protocol or a bound.</exception>
    /// <exception cref="EndOfStreamException">The peer closed in the middle of a message.</exception>
    public async ValueTask<RtmpMessage?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (!await from.TryReadExactlyAsync(_header.AsMemory(0, 1), cancel).ConfigureAwait(false)) return null;
            BytesRead++;
            if (await ReadChunkAsync(_header[0], cancel).ConfigureAwait(false) is not { } message) continue;
            if (!Handles(message)) return message;
        }
    }

    private async ValueTask<RtmpMessage?> ReadChunkAsync(byte basic, CancellationToken cancel)
    {
        var format = basic >> 6;
        var stream = Find(await ReadIdAsync(basic & 0x3F, cancel).ConfigureAwait(false), format);
        await ReadHeaderAsync(stream, format, cancel).ConfigureAwait(false);

        var part = Math.Min(_chunkSize, stream.Length - stream.Filled);
        stream.Reserve(stream.Filled + part);
        await ReadAsync(stream.Body.AsMemory(stream.Filled, part), cancel).ConfigureAwait(false);
        stream.Filled += part;
        return stream.Filled == stream.Length ? stream.TakeMessage() : null;
    }

    private async ValueTask<int> ReadIdAsync(int low, CancellationToken cancel)
    {
        if (low > 1) return low;
        var more = low + 1;
        await ReadAsync(_header.AsMemory(0, more), cancel).ConfigureAwait(false);
        return 64 + _header[0] + (more == 2 ? _header[1] << 8 : 0);
    }

    private ChunkStream Find(int id, int format)
    {
        if (_streams.TryGetValue(id, out var known)) return known;
        if (format != 0 && format != 1) throw new RtmpException($"chunk stream {id} starts without a full header");
        if (_streams.Count == MostChunkStreams) throw new RtmpException($"the client uses more than {MostChunkStreams} chunk streams");
        return _streams[id] = new ChunkStream();
    }

    private async ValueTask ReadHeaderAsync(ChunkStream stream, int format, CancellationToken cancel)
    {
        var length = format switch { 0 => 11, 1 => 7, 2 => 3, _ => 0 };
        await ReadAsync(_header.AsMemory(0, length), cancel).ConfigureAwait(false);
        if (format < 3 && stream.Filled > 0) throw new RtmpException("a new message starts before the last one of its chunk stream ended");

        if (format < 3) stream.IsExtended = Read24(0) == Extended;
        if (format < 3) stream.TimeField = Read24(0);
        if (format < 2)
        {
            stream.Length = (int)Read24(3);
            stream.Type = _header[6];
            if (stream.Length > MaxMessageBytes) throw new RtmpException($"a message of {stream.Length} bytes is larger than the {MaxMessageBytes} allowed");
        }

        if (format == 0) stream.StreamId = BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(7));
        if (stream.IsExtended)
        {
            await ReadAsync(_header.AsMemory(0, 4), cancel).ConfigureAwait(false);
            stream.TimeField = BinaryPrimitives.ReadUInt32BigEndian(_header);
        }

        if (stream.Filled == 0) stream.Timestamp = format == 0 ? stream.TimeField : unchecked(stream.Timestamp + stream.TimeField);
    }

    private bool Handles(RtmpMessage message)
    {
        switch (message.Type)
        {
            case RtmpType.SetChunkSize:
                var size = message.Payload.Length < 4 ? 0 : BinaryPrimitives.ReadInt32BigEndian(message.Payload.Span);
                if (size <= 0) throw new RtmpException($"the client sets a chunk size of {size}");
                _chunkSize = size;
                return true;
            case RtmpType.Abort:
                if (message.Payload.Length >= 4 && _streams.TryGetValue(BinaryPrimitives.ReadInt32BigEndian(message.Payload.Span), out var aborted)) aborted.Filled = 0;
                return true;
            default:
                return false;
        }
    }

    private uint Read24(int at) => (uint)((_header[at] << 16) | (_header[at + 1] << 8) | _header[at + 2]);

    private async ValueTask ReadAsync(Memory<byte> into, CancellationToken cancel)
    {
        if (into.IsEmpty) return;
        await from.ReadExactlyAsync(into, cancel).ConfigureAwait(false);
        BytesRead += into.Length;
    }

    private sealed class ChunkStream
    {
        public byte[] Body = [];
        public int Length, Filled, StreamId;
        public uint Timestamp, TimeField;
        public bool IsExtended;
        public byte Type;

        // Grows with what has arrived, so that a claimed length costs nothing until it is sent.
        public void Reserve(int needed)
        {
            if (Body.Length < needed) Array.Resize(ref Body, Math.Min(Math.Max(needed, Body.Length * 2), Length));
        }

        public RtmpMessage TakeMessage()
        {
            var body = Body.AsMemory(0, Length);
            (Body, Filled) = ([], 0);
            return new RtmpMessage(Type, StreamId, Timestamp, body);
        }
    }
}
