namespace TempSamp.Live.Media;

/// <summary>What cutting must know of an HEVC sequence parameter set (ITU-T H.265, 7.3.2.2).</summary>
/// <param name="Id">0 to 15; picture parameter sets name it.</param>
/// <param name="ChromaFormat">0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4.</param>
/// <param name="Width">Coded pixels.</param>
/// <param name="Height">Coded pixels.</param>
/// <param name="LumaBits">Bits of a luma sample.</param>
/// <param name="ChromaBits">Bits of a chroma sample.</param>
/// <param name="SmallestBlock">Side of the smallest coding block in pixels: coded sizes are multiples of it.</param>
internal sealed record HevcSequence(int Id, int ChromaFormat, int Width, int Height, int LumaBits, int ChromaBits, int SmallestBlock)
{
    private const int ProfileBits = 88, LevelBits = 8, MostSubLayers = 8;

    /// <summary>Reads a unit; null when it is damaged.</summary>
    public static HevcSequence? Parse(ReadOnlySpan<byte> unit)
    {
        var bits = new BitReader(unit);
        bits.Bits(8); // second byte of the header
        bits.Bits(4); // sps_video_parameter_set_id
        var subLayers = (int)bits.Bits(3);
        bits.Flag(); // sps_temporal_id_nesting_flag
        Skip(ref bits, ProfileBits + LevelBits);
        SkipSubLayers(ref bits, subLayers);
        var id = (int)bits.Unsigned();
        var chroma = (int)bits.Unsigned();
        if (chroma == 3) bits.Flag(); // separate_colour_plane_flag
        var (width, height) = ((int)bits.Unsigned(), (int)bits.Unsigned());
        if (bits.Flag())
            for (var side = 0; side < 4; side++) bits.Unsigned(); // conformance window
        var (luma, chromaBits) = ((int)bits.Unsigned() + 8, (int)bits.Unsigned() + 8);
        bits.Unsigned(); // log2_max_pic_order_cnt_lsb_minus4
        for (var layer = bits.Flag() ? 0 : subLayers; layer <= subLayers; layer++) // buffering, reordering and latency
            _ = (bits.Unsigned(), bits.Unsigned(), bits.Unsigned());
        var block = bits.Unsigned() + 3;
        return bits.IsOver || id > 15 || width == 0 || height == 0 || block > 6 ? null : new(id, chroma, width, height, luma, chromaBits, 1 << (int)block);
    }

    private static void SkipSubLayers(ref BitReader bits, int subLayers)
    {
        if (subLayers == 0) return;
        Span<bool> has = stackalloc bool[2 * MostSubLayers];
        for (var i = 0; i < MostSubLayers; i++) // from the highest one on the two bits are reserved
            (has[2 * i], has[(2 * i) + 1]) = (bits.Flag() && i < subLayers, bits.Flag() && i < subLayers);
        for (var i = 0; i < subLayers; i++)
            Skip(ref bits, (has[2 * i] ? ProfileBits : 0) + (has[(2 * i) + 1] ? LevelBits : 0));
    }

    private static void Skip(ref BitReader bits, int count)
    {
        for (; count > 0; count -= 8) bits.Bits(8);
    }
}
