namespace TempSamp.Live.Media;

/// <summary>
/// Ids for the parameter sets of an encoder that cannot choose its own, as x265, which numbers all of them 0: written into its units afterwards.
/// </summary>
/// <param name="Video">0 to 15.</param>
/// <param name="Sequence">0 to 15.</param>
/// <param name="Picture">
/// <see cref="FirstPicture"/> to <see cref="LastPicture"/>: codes of nine bits, eight more than that of 0, so that in a slice all that comes behind keeps its place in the bytes.
/// </param>
internal sealed record HevcIds(int Video, int Sequence, int Picture)
{
    public const int FirstPicture = 15, LastPicture = 30;

    private const int Header = 2, AfterProfile = 15, PictureCodeBits = 9;

    /// <summary>A unit with these ids in the place of 0.</summary>
    /// <exception cref="NotSupportedException">It is not numbered 0, or has temporal layers.</exception>
    public byte[] Apply(ReadOnlySpan<byte> unit)
    {
        var raw = NalEscapes.Remove(unit);
        return NalEscapes.Insert(((raw[0] >> 1) & 0x3F) switch
        {
            HevcUnits.Video => WithVideo(raw),
            HevcUnits.Sequence => Renumbered(WithVideo(raw), AfterProfile, [Sequence]),
            HevcUnits.Picture => Renumbered(raw, Header, [Picture, Sequence]),
            <= HevcUnits.LastPicture and var type => Slice(raw, type is >= HevcUnits.FirstEntry and <= HevcUnits.LastEntry ? 2 : 1),
            _ => raw,
        });
    }

    // The id of the video parameter set is the first four bits of both kinds of sets that have it.
    private byte[] WithVideo(byte[] raw)
    {
        Require(raw.Length >= AfterProfile && raw[Header] >> 4 == 0 && ((raw[0] >> 1 & 0x3F) != HevcUnits.Sequence || (raw[Header] & 0x0E) == 0));
        raw[Header] |= (byte)(Video << 4);
        return raw;
    }

    // Ids in a row from a byte on, each of which is one bit while it is 0.
    private static byte[] Renumbered(byte[] raw, int at, ReadOnlySpan<int> ids)
    {
        var bits = new BitWriter(raw.AsSpan(0, at));
        foreach (var id in ids) bits.Unsigned(id);
        Require(raw.Length > at && raw[at] >> (8 - ids.Length) == (1 << ids.Length) - 1);
        bits.Append(raw.AsSpan(at), skip: ids.Length);
        return bits.ToUnit();
    }

    private byte[] Slice(byte[] raw, int flags)
    {
        Require(raw.Length > Header && (raw[Header] >> (7 - flags) & 1) == 1);
        var (before, behind) = (raw[Header] >> (8 - flags), raw[Header] & ((1 << (7 - flags)) - 1));
        var both = (before << (16 - flags)) | ((Picture + 1) << (16 - flags - PictureCodeBits)) | behind;
        return [.. raw.AsSpan(0, Header), (byte)(both >> 8), (byte)both, .. raw.AsSpan(Header + 1)];
    }

    private static void Require(bool isAsExpected)
    {
        if (!isAsExpected) throw new NotSupportedException("the encoder numbers its parameter sets otherwise than x265 does");
    }
}
