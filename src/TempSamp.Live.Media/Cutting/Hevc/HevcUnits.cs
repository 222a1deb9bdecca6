namespace TempSamp.Live.Media;

/// <summary>NAL units of HEVC (ITU-T H.265, table 7-1), whose headers have two bytes.</summary>
internal static class HevcUnits
{
    public const int FirstLeading = 6, LastLeading = 9, FirstEntry = 16, IdrWithLeading = 19, Cra = 21, LastEntry = 23, LastPicture = 31;
    public const int Video = 32, Sequence = 33, Picture = 34;

    private const int BrokenLinkWithoutLeading = 18, Delimiter = 35, Filler = 38;
    private static readonly byte[] s_startCode = [0, 0, 0, 1];

    /// <summary>Type of a unit.</summary>
    public static int TypeOf(ReadOnlyMemory<byte> unit) => (unit.Span[0] >> 1) & 0x3F;

    /// <summary>Whether a unit belongs to the base layer, which is all that is cut.</summary>
    public static bool IsOfBaseLayer(ReadOnlyMemory<byte> unit) => unit.Length > 2 && (unit.Span[0] & 1) == 0 && unit.Span[1] >> 3 == 0;

    /// <summary>Whether a unit is a slice of a picture.</summary>
    public static bool IsSlice(ReadOnlyMemory<byte> unit) => TypeOf(unit) <= LastPicture;

    /// <summary>The units behind start codes, without those that an MP4 sample does not carry: parameter sets, delimiters and filling.</summary>
    public static byte[] ToSample(IEnumerable<ReadOnlyMemory<byte>> units) => Join(units.Where(unit => TypeOf(unit) is not (Video or Sequence or Picture or Delimiter or Filler)));

    /// <summary>The units behind start codes.</summary>
    public static byte[] Join(IEnumerable<ReadOnlyMemory<byte>> units)
    {
        using var joined = new MemoryStream();
        foreach (var unit in units)
        {
            joined.Write(s_startCode);
            joined.Write(unit.Span);
        }

        return joined.ToArray();
    }

    /// <summary>
    /// A slice of a picture that pictures shown before it lean over (CRA), as one that follows other video and has lost those (BLA): the header's type is all that differs.
    /// Other units stay as they are.
    /// </summary>
    public static ReadOnlyMemory<byte> WithoutLeading(ReadOnlyMemory<byte> unit)
    {
        if (TypeOf(unit) != Cra) return unit;
        var broken = unit.ToArray();
        broken[0] = (byte)((broken[0] & 0x81) | (BrokenLinkWithoutLeading << 1));
        return broken;
    }
}
