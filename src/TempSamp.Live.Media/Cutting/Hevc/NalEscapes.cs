namespace TempSamp.Live.Media;

/// <summary>The bytes of 3 that keep a unit's content from looking like a start code (ITU-T H.265, 7.4.2).</summary>
internal static class NalEscapes
{
    private const byte Escape = 3;

    /// <summary>A unit's content without them.</summary>
    public static byte[] Remove(ReadOnlySpan<byte> unit)
    {
        var raw = new byte[unit.Length];
        var (length, zeros) = (0, 0);
        foreach (var value in unit)
        {
            if (zeros >= 2 && value == Escape)
            {
                zeros = 0;
                continue;
            }

            raw[length++] = value;
            zeros = value == 0 ? zeros + 1 : 0;
        }

        return raw[..length];
    }

    /// <summary>A unit's content with them.</summary>
    public static byte[] Insert(ReadOnlySpan<byte> raw)
    {
        var unit = new byte[raw.Length + (raw.Length / 2) + 1];
        var (length, zeros) = (0, 0);
        foreach (var value in raw)
        {
            if (zeros == 2 && value <= Escape)
            {
                unit[length++] = Escape;
                zeros = 0;
            }

            unit[length++] = value;
            zeros = value == 0 ? zeros + 1 : 0;
        }

        return unit[..length];
    }
}
