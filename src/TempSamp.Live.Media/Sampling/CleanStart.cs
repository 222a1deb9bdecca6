using System.Buffers.Binary;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Tells which key frames start a picture sequence that needs nothing from before. The key flag alone does not: containers and parsers also set it
/// on H.264 recovery points, after which pictures may still be predicted from ones before.
/// </summary>
internal sealed class CleanStart
{
    private const int H264Idr = 5, HevcFirstIrap = 16, HevcLastIrap = 21;
    private const int AvcLengths = 4, HevcLengths = 21; // where avcC and hvcC say how many bytes a length takes
    private static readonly byte[] s_startCode = [0, 0, 1];

    private readonly string _codec;
    private readonly int _lengthBytes; // 0: Annex B start codes

    /// <summary>Learns from the track how its packets are written.</summary>
    public CleanStart(TrackFormat format)
    {
        _codec = format.Codec;
        var config = format.CodecConfig.Span;
        if (config.Length <= HevcLengths || config[0] != 1) return; // no avcC or hvcC
        _lengthBytes = 1 + (3 & (_codec == "h264" ? config[AvcLengths] : config[HevcLengths]));
    }

    /// <summary>Whether decoding can start at this packet with nothing missing from its presentation time on.</summary>
    public bool At(MediaPacket packet) => packet.IsKey && At(packet.Data.Span);

    /// <summary>The same of what lies in a key frame's packet.</summary>
    public bool At(ReadOnlySpan<byte> keyFrame) => _codec switch
    {
        "h264" => Any(keyFrame, header => (header & 0x1f) == H264Idr),
        "hevc" => Any(keyFrame, header => ((header >> 1) & 0x3f) is >= HevcFirstIrap and <= HevcLastIrap),
        _ => true,
    };

    private bool Any(ReadOnlySpan<byte> data, Func<byte, bool> wanted) => _lengthBytes > 0 ? AnyPrefixed(data, wanted) : AnyAfterStartCode(data, wanted);

    private bool AnyPrefixed(ReadOnlySpan<byte> data, Func<byte, bool> wanted)
    {
        Span<byte> size = stackalloc byte[4];
        while (data.Length > _lengthBytes)
        {
            size.Clear();
            data[.._lengthBytes].CopyTo(size[(4 - _lengthBytes)..]);
            if (wanted(data[_lengthBytes])) return true;
            var length = BinaryPrimitives.ReadUInt32BigEndian(size);
            if (length > data.Length - _lengthBytes) return false;
            data = data[(_lengthBytes + (int)length)..];
        }

        return false;
    }

    private static bool AnyAfterStartCode(ReadOnlySpan<byte> data, Func<byte, bool> wanted)
    {
        while (data.IndexOf(s_startCode) is >= 0 and var at && at + 3 < data.Length)
        {
            if (wanted(data[at + 3])) return true;
            data = data[(at + 3)..];
        }

        return false;
    }
}
