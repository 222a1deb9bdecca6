using System.Buffers.Binary;

namespace TempSamp.Live.Media;

/// <summary>What a segment holds, told by its first bytes and never by its name.</summary>
internal enum SegmentKind
{
    /// <summary>Nothing that is read here: a web page, a playlist, subtitles.</summary>
    Unknown,

    /// <summary>MPEG transport stream.</summary>
    Transport,

    /// <summary>Fragmented MP4.</summary>
    Fragment,

    /// <summary>AAC frames with ADTS headers.</summary>
    Aac,

    /// <summary>MPEG audio frames.</summary>
    Mp3,

    /// <summary>AC-3 frames.</summary>
    Ac3,
}

/// <summary>Looks at segments.</summary>
internal static class SegmentSniffer
{
    /// <summary>Bytes of a transport packet.</summary>
    public const int TransportPacket = 188;

    private const int SearchBytes = 64 * 1024, BoxHeader = 8;
    private static readonly string[] s_boxes = ["ftyp", "styp", "moov", "moof", "sidx", "emsg", "prft", "free", "skip", "mdat"];

    /// <summary>Tells what a segment holds.</summary>
    /// <param name="bytes">The segment, decrypted.</param>
    /// <param name="tagBytes">Length of the ID3 tag before packed audio; 0 when there is none.</param>
    /// <param name="timestamp">The tag's timestamp in 1/90000 s; null when there is none.</param>
    public static SegmentKind KindOf(ReadOnlySpan<byte> bytes, out int tagBytes, out long? timestamp)
    {
        (tagBytes, timestamp) = PackedAudioTag.Read(bytes);
        var body = bytes[tagBytes..];
        if (body.Length < 8) return SegmentKind.Unknown;
        if (s_boxes.Contains(System.Text.Encoding.ASCII.GetString(body.Slice(4, 4)))) return SegmentKind.Fragment;
        if (IsTransport(body)) return SegmentKind.Transport;
        if (body[0] == 0x0B && body[1] == 0x77) return SegmentKind.Ac3;
        if (body[0] != 0xFF || (body[1] & 0xE0) != 0xE0) return SegmentKind.Unknown;
        return (body[1] & 0xF6) == 0xF0 ? SegmentKind.Aac : SegmentKind.Mp3;
    }

    /// <summary>libav's name of the container.</summary>
    public static string Format(SegmentKind kind) => kind switch
    {
        SegmentKind.Transport => "mpegts",
        SegmentKind.Fragment => "mov",
        SegmentKind.Aac => "aac",
        SegmentKind.Mp3 => "mp3",
        _ => "ac3",
    };

    /// <summary>Whether the boxes of a fragment end where it ends: else a demuxer would take bytes of the next one for theirs and find nothing in it.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> fragment)
    {
        while (fragment.Length >= BoxHeader)
        {
            var size = (long)BinaryPrimitives.ReadUInt32BigEndian(fragment);
            if (size == 1 && fragment.Length >= BoxHeader + sizeof(long)) size = BinaryPrimitives.ReadInt64BigEndian(fragment[BoxHeader..]);
            if (size < BoxHeader || size > fragment.Length) return false;
            fragment = fragment[(int)size..];
        }

        return fragment.IsEmpty;
    }

    // Three sync bytes a packet apart, somewhere near the start: some servers put rubbish before them. Short segments need what they have.
    private static bool IsTransport(ReadOnlySpan<byte> bytes)
    {
        var last = Math.Min(bytes.Length - TransportPacket, SearchBytes);
        for (var i = 0; i <= last; i++)
            if (bytes[i] == 0x47 && IsSync(bytes, i + TransportPacket) && IsSync(bytes, i + (2 * TransportPacket))) return true;
        return false;
    }

    private static bool IsSync(ReadOnlySpan<byte> bytes, int at) => at >= bytes.Length || bytes[at] == 0x47;

    /// <summary>The ID3 tag that packed audio begins with (RFC 8216 3.4).</summary>
    private static class PackedAudioTag
    {
        private const int Header = 10, FrameHeader = 10, TimestampBytes = 8;
        private const long LargestTimestamp = (1L << 33) - 1;

        public static (int Bytes, long? Timestamp) Read(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < Header || !bytes.StartsWith("ID3"u8)) return (0, null);
            var length = Header + Size(bytes[6..10]);
            if (length > bytes.Length) return (0, null);
            return (length, Timestamp(bytes[Header..length]));
        }

        private static long? Timestamp(ReadOnlySpan<byte> frames)
        {
            while (frames.Length > FrameHeader)
            {
                var size = Size(frames[4..8]);
                if (size > frames.Length - FrameHeader) return null;
                var body = frames.Slice(FrameHeader, size);
                if (frames.StartsWith("PRIV"u8) && body.StartsWith("com.apple.streaming.transportStreamTimestamp\0"u8) && body.Length >= TimestampBytes)
                    return BinaryPrimitives.ReadInt64BigEndian(body[^TimestampBytes..]) & LargestTimestamp;
                frames = frames[(FrameHeader + size)..];
            }

            return null;
        }

        // four bytes of seven bits
        private static int Size(ReadOnlySpan<byte> bytes) => ((bytes[0] & 0x7F) << 21) | ((bytes[1] & 0x7F) << 14) | ((bytes[2] & 0x7F) << 7) | (bytes[3] & 0x7F);
    }
}
