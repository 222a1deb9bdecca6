using System.Buffers.Binary;
using System.Text;

namespace TempSamp.Live.Media;

/// <summary>Reads a payload that a worker sent. A worker may have been taken over by what it reads: each length is checked before it is used.</summary>
internal ref struct WireReader(ReadOnlyMemory<byte> payload)
{
    private ReadOnlyMemory<byte> _rest = payload;

    public byte Byte() => Take(1).Span[0];

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4).Span);

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8).Span);

    public double Double() => BitConverter.Int64BitsToDouble(Long());

    /// <summary>Bytes that stay inside the payload: not copied.</summary>
    public ReadOnlyMemory<byte> Bytes(int most)
    {
        var length = Int();
        return length >= 0 && length <= most ? Take(length) : throw new InvalidDataException($"it announces {length} bytes where at most {most} may stand");
    }

    public string Text(int most) => Encoding.UTF8.GetString(Bytes(most).Span);

    /// <summary>Checks that nothing is left.</summary>
    public readonly void End()
    {
        if (_rest.Length > 0) throw new InvalidDataException($"{_rest.Length} bytes are left over");
    }

    private ReadOnlyMemory<byte> Take(int count)
    {
        if (count > _rest.Length) throw new InvalidDataException($"it ends {count - _rest.Length} bytes too early");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
