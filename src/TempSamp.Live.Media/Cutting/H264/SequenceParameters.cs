namespace TempSamp.Live.Media;

/// <summary>What cutting must know of an H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1).</summary>
/// <param name="Id">0 to 31; slices name it through their picture parameter set.</param>
/// <param name="Profile">profile_idc.</param>
/// <param name="Constraints">The byte of constraint flags.</param>
/// <param name="Level">level_idc.</param>
/// <param name="ChromaFormat">0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4.</param>
/// <param name="LumaBits">Bits of a luma sample.</param>
/// <param name="ChromaBits">Bits of a chroma sample.</param>
/// <param name="HasSeparatePlanes">Whether each colour is coded as a picture of its own.</param>
/// <param name="FrameNumberBits">Bits of frame_num in slice headers.</param>
/// <param name="WidthInMacroblocks">Coded width in 16 pixels.</param>
/// <param name="HeightInMapUnits">Coded height in 16 pixels, or 32 where fields are possible.</param>
/// <param name="IsFramesOnly">Whether no picture is coded as a field or with fields in macroblocks.</param>
internal sealed record SequenceParameters(
    int Id, int Profile, int Constraints, int Level, int ChromaFormat, int LumaBits, int ChromaBits, bool HasSeparatePlanes,
    int FrameNumberBits, int WidthInMacroblocks, int HeightInMapUnits, bool IsFramesOnly)
{
    /// <summary>Reads a unit; null when it is damaged.</summary>
    public static SequenceParameters? Parse(ReadOnlySpan<byte> unit)
    {
        if (unit.Length < 4) return null;
        var bits = new BitReader(unit);
        var (profile, constraints, level) = ((int)bits.Bits(8), (int)bits.Bits(8), (int)bits.Bits(8));
        var id = (int)bits.Unsigned();
        var (chroma, luma, chromaBits, planes) = HasChromaFormat(profile) ? ReadFormat(ref bits) : (1, 8, 8, false);
        var frameNumber = (int)bits.Unsigned() + 4;
        SkipOrder(ref bits);
        bits.Unsigned(); // max_num_ref_frames
        bits.Flag(); // gaps_in_frame_num_value_allowed_flag
        var (width, height) = ((int)bits.Unsigned() + 1, (int)bits.Unsigned() + 1);
        var framesOnly = bits.Flag();
        return bits.IsOver || id > 31 || frameNumber > 16 ? null
            : new(id, profile, constraints, level, chroma, luma, chromaBits, planes, frameNumber, width, height, framesOnly);
    }

    /// <summary>Whether sets of this profile say their chroma format and depth; others have 8-bit 4:2:0.</summary>
    public static bool HasChromaFormat(int profile) => profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135;

    private static (int Chroma, int Luma, int ChromaBits, bool Planes) ReadFormat(ref BitReader bits)
    {
        var chroma = (int)bits.Unsigned();
        var planes = chroma == 3 && bits.Flag();
        var (luma, chromaBits) = ((int)bits.Unsigned() + 8, (int)bits.Unsigned() + 8);
        bits.Flag(); // qpprime_y_zero_transform_bypass_flag
        if (bits.Flag()) SkipScalingLists(ref bits, chroma == 3 ? 12 : 8);
        return (chroma, luma, chromaBits, planes);
    }

    private static void SkipScalingLists(ref BitReader bits, int lists)
    {
        for (var list = 0; list < lists; list++)
        {
            if (!bits.Flag()) continue;
            var (last, next) = (8, 8);
            for (var i = 0; i < (list < 6 ? 16 : 64) && next != 0; i++)
            {
                next = (last + bits.Signed() + 256) & 255;
                last = next == 0 ? last : next;
            }
        }
    }

    private static void SkipOrder(ref BitReader bits)
    {
        var type = bits.Unsigned();
        if (type == 0) bits.Unsigned(); // log2_max_pic_order_cnt_lsb_minus4
        if (type != 1) return;
        bits.Flag();
        bits.Signed();
        bits.Signed();
        var cycle = bits.Unsigned();
        for (var i = 0; i < cycle && i < 256; i++) bits.Signed();
    }
}
