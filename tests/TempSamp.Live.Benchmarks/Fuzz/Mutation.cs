using System.Buffers.Binary;

namespace TempSamp.Live.Benchmarks;

/// <summary>The small damages that every container's mutations are made of.</summary>
internal static class Mutation
{
    private static readonly uint[] s_numbers = [0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF];

    /// <summary>A number that parsers trip over.</summary>
    public static uint Number(Random random) => random.Next(3) == 0 ? (uint)random.NextInt64(1L << 32) : s_numbers[random.Next(s_numbers.Length)];

    /// <summary>Damages bytes in place: a flipped bit, an odd byte, or an odd number of 2 or 4 bytes.</summary>
    public static void Damage(Span<byte> bytes, Random random)
    {
        if (bytes.Length == 0) return;
        var at = random.Next(bytes.Length);
        switch (random.Next(4))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)Number(random);
                break;
            case 2 when at + 2 <= bytes.Length:
                BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], (ushort)Number(random));
                break;
            default:
                if (at + 4 <= bytes.Length) BinaryPrimitives.WriteUInt32BigEndian(bytes[at..], Number(random));
                break;
        }
    }

    /// <summary>Drops, repeats or swaps parts of a list.</summary>
    public static void Rearrange<T>(List<T> parts, Random random)
    {
        if (parts.Count == 0) return;
        var at = random.Next(parts.Count);
        switch (random.Next(3))
        {
            case 0:
                parts.RemoveAt(at);
                break;
            case 1:
                for (var i = random.Next(1, 20); i > 0; i--) parts.Insert(at, parts[at]);
                break;
            default:
                var other = random.Next(parts.Count);
                (parts[at], parts[other]) = (parts[other], parts[at]);
                break;
        }
    }

    /// <summary>Where most damage hurts: near the start, where headers are.</summary>
    public static int Early(int count, Random random) => (int)(count * Math.Pow(random.NextDouble(), 3));
}
