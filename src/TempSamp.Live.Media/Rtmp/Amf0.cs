using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace TempSamp.Live.Media;

/// <summary>
/// Action Message Format 0, the part that RTMP commands use: number, boolean, string, object, null, ECMA array, strict array, date, long string.
/// Values are <see cref="double"/>, <see cref="bool"/>, <see cref="string"/>, null, <see cref="Dictionary{TKey,TValue}"/> and <see cref="List{T}"/>.
/// </summary>
internal static class Amf0
{
    private const int Deepest = 16;
    private const byte Number = 0, Boolean = 1, String = 2, Object = 3, Null = 5, Undefined = 6, EcmaArray = 8, ObjectEnd = 9, StrictArray = 10, Date = 11, LongString = 12;

    /// <summary>Every value of a message body, in order.</summary>
    /// <exception cref="RtmpException">The body is cut off, nested too deeply or holds an unknown type.</exception>
    public static List<object?> ReadAll(ReadOnlySpan<byte> body)
    {
        var values = new List<object?>();
        while (!body.IsEmpty) values.Add(ReadValue(ref body, 0));
        return values;
    }

    /// <summary>Takes the first value off <paramref name="body"/>.</summary>
    public static object? ReadValue(ref ReadOnlySpan<byte> body, int depth = 0)
    {
        if (depth > Deepest) throw new RtmpException($"AMF0 values are nested deeper than {Deepest}.");
        var marker = Take(ref body, 1)[0];
        return marker switch
        {
            Number => BinaryPrimitives.ReadDoubleBigEndian(Take(ref body, 8)),
            Boolean => Take(ref body, 1)[0] != 0,
            String => ReadText(ref body, BinaryPrimitives.ReadUInt16BigEndian(Take(ref body, 2))),
            LongString => ReadText(ref body, BinaryPrimitives.ReadUInt32BigEndian(Take(ref body, 4))),
            Object => ReadProperties(ref body, depth),
            EcmaArray => ReadEcmaArray(ref body, depth),
            StrictArray => ReadList(ref body, depth),
            Date => BinaryPrimitives.ReadDoubleBigEndian(Take(ref body, 10)),
            Null or Undefined => null,
            _ => throw new RtmpException($"AMF0 type {marker} is not supported."),
        };
    }

    /// <summary>Appends values to <paramref name="to"/>; dictionaries become objects.</summary>
    public static void Write(IBufferWriter<byte> to, params ReadOnlySpan<object?> values)
    {
        foreach (var value in values)
        {
            switch (value)
            {
                case null: to.Write<byte>([Null]); break;
                case bool b: to.Write<byte>([Boolean, b ? (byte)1 : (byte)0]); break;
                case string s: to.Write<byte>([String]); WriteText(to, s); break;
                case IReadOnlyDictionary<string, object?> properties: WriteObject(to, properties); break;
                default: WriteNumber(to, Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)); break;
            }
        }
    }

    private static Dictionary<string, object?> ReadEcmaArray(ref ReadOnlySpan<byte> body, int depth)
    {
        Take(ref body, 4); // an advisory count: the end marker decides
        return ReadProperties(ref body, depth);
    }

    private static Dictionary<string, object?> ReadProperties(ref ReadOnlySpan<byte> body, int depth)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (true)
        {
            var name = ReadText(ref body, BinaryPrimitives.ReadUInt16BigEndian(Take(ref body, 2)));
            if (name.Length == 0 && !body.IsEmpty && body[0] == ObjectEnd)
            {
                body = body[1..];
                return properties;
            }

            properties[name] = ReadValue(ref body, depth + 1);
        }
    }

    private static List<object?> ReadList(ref ReadOnlySpan<byte> body, int depth)
    {
        var count = BinaryPrimitives.ReadUInt32BigEndian(Take(ref body, 4));
        if (count > body.Length) throw new RtmpException($"An AMF0 array claims {count} values in {body.Length} bytes.");
        var list = new List<object?>();
        for (var i = 0u; i < count; i++) list.Add(ReadValue(ref body, depth + 1));
        return list;
    }

    private static string ReadText(ref ReadOnlySpan<byte> body, uint length)
    {
        if (length > body.Length) throw new RtmpException($"An AMF0 string claims {length} bytes where {body.Length} are left.");
        return Encoding.UTF8.GetString(Take(ref body, (int)length));
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> body, int count)
    {
        if (count > body.Length) throw new RtmpException("An AMF0 value is cut off.");
        var taken = body[..count];
        body = body[count..];
        return taken;
    }

    private static void WriteNumber(IBufferWriter<byte> to, double value)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = Number;
        BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], value);
        to.Write(bytes);
    }

    private static void WriteText(IBufferWriter<byte> to, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, checked((ushort)bytes.Length));
        to.Write(length);
        to.Write(bytes);
    }

    private static void WriteObject(IBufferWriter<byte> to, IReadOnlyDictionary<string, object?> properties)
    {
        to.Write<byte>([Object]);
        foreach (var (name, value) in properties)
        {
            WriteText(to, name);
            Write(to, value);
        }

        to.Write<byte>([0, 0, ObjectEnd]);
    }
}
