using System.Buffers.Binary;

namespace TempSamp.Live.Media;

/// <summary>A message: what it holds and its bytes, which belong to the receiver.</summary>
internal readonly record struct WireMessage(WireKind Kind, byte[] Payload);

/// <summary>Messages over two byte streams: kind (1 byte), length of the payload (4 bytes, little-endian), payload.</summary>
/// <remarks>Sending is safe from any thread and blocks while the other side does not read; receiving belongs to one thread.</remarks>
internal sealed class WirePipe(Stream from, Stream to)
{
    /// <summary>Largest payload: no packet and no frame comes near it.</summary>
    public const int LargestPayload = 64 << 20;

    private const int HeaderBytes = 5;

    private readonly BufferedStream _from = new(from, 128 * 1024);
    private readonly Lock _sending = new();
    private readonly byte[] _header = new byte[HeaderBytes];

    /// <summary>Where memory for pixels comes from; null takes new memory for each message.</summary>
    public FramePool? Pixels { get; set; }

    /// <summary>Sends a message in one or two parts.</summary>
    /// <exception cref="IOException">Nobody reads any more.</exception>
    public void Send(WireKind kind, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> more = default)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(header[1..], payload.Length + more.Length);
        lock (_sending)
        {
            to.Write(header);
            to.Write(payload);
            if (more.Length > 0) to.Write(more);
            to.Flush();
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="InvalidDataException">What comes is no message.</exception>
    public bool TryReceive(out WireMessage message)
    {
        message = default;
        if (_from.ReadAtLeast(_header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes) return false;
        var (kind, length) = ((WireKind)_header[0], BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(1)));
        if (!Enum.IsDefined(kind)) throw new InvalidDataException($"a message of kind {_header[0]} is unknown");
        if (length is < 0 or > LargestPayload) throw new InvalidDataException($"a message of {length} bytes is larger than {LargestPayload}");
        var payload = kind == WireKind.Pixels && Pixels is { } pool && pool.Bytes == length ? pool.Rent() : new byte[length];
        if (_from.ReadAtLeast(payload, length, throwOnEndOfStream: false) < length) return false;
        message = new(kind, payload);
        return true;
    }
}
