using System.Buffers.Binary;

namespace TempSamp.Live.Media;

/// <summary>Takes H.264 packets apart into NAL units and puts them together again, each unit behind its length in four bytes as in MP4.</summary>
internal static class NalUnits
{
    public const int Slice = 1, PartitionA = 2, PartitionC = 4, Idr = 5, Sps = 7, Pps = 8, Delimiter = 9, Filler = 12;

    /// <summary>Type of a unit.</summary>
    public static int TypeOf(ReadOnlyMemory<byte> unit) => unit.Span[0] & 31;

    /// <summary>The units of a packet.</summary>
    /// <param name="data">The packet.</param>
    /// <param name="lengthSize">Bytes of the length before each unit; 0 for start codes (Annex B).</param>
    public static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> data, int lengthSize) => lengthSize == 0 ? ByStartCodes(data) : ByLengths(data, lengthSize);

    /// <summary>The units behind their lengths, without those that an MP4 sample does not carry: parameter sets, delimiters and filling.</summary>
    public static byte[] ToSample(IEnumerable<ReadOnlyMemory<byte>> units)
    {
        var kept = units.Where(unit => TypeOf(unit) is not (Sps or Pps or Delimiter or Filler)).ToList();
        var sample = new byte[kept.Sum(unit => 4 + unit.Length)];
        var at = 0;
        foreach (var unit in kept)
        {
            BinaryPrimitives.WriteInt32BigEndian(sample.AsSpan(at), unit.Length);
            unit.Span.CopyTo(sample.AsSpan(at + 4));
            at += 4 + unit.Length;
        }

        return sample;
    }

    private static List<ReadOnlyMemory<byte>> ByLengths(ReadOnlyMemory<byte> data, int lengthSize)
    {
        var units = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at + lengthSize < data.Length;)
        {
            long length = 0;
            foreach (var part in data.Span.Slice(at, lengthSize)) length = (length << 8) | part;
            at += lengthSize;
            length = Math.Min(length, data.Length - at); // a cut-off packet gives what is there
            if (length > 0) units.Add(data.Slice(at, (int)length));
            at += (int)length;
        }

        return units;
    }

    private static List<ReadOnlyMemory<byte>> ByStartCodes(ReadOnlyMemory<byte> data)
    {
        var units = new List<ReadOnlyMemory<byte>>();
        var start = Next(data.Span, 0);
        while (start < data.Length)
        {
            var next = Next(data.Span, start);
            var unit = data[start..(next < data.Length || EndsWithCode(data.Span) ? next - 3 : next)];
            var length = unit.Span.TrimEnd((byte)0).Length;
            if (length > 0) units.Add(unit[..length]);
            start = next;
        }

        return units;
    }

    private static bool EndsWithCode(ReadOnlySpan<byte> data) => data.EndsWith("\0\0\u0001"u8);

    // The place right behind the next start code; the end when there is none.
    private static int Next(ReadOnlySpan<byte> data, int from)
    {
        var at = data[from..].IndexOf("\0\0\u0001"u8);
        return at < 0 ? data.Length : from + at + 3;
    }
}
