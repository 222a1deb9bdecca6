using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>The bytes of a piece on disk: everything that is needed to read it, and a checksum over all of it.</summary>
/// <remarks>
/// Little-endian, one after the other in a file that only grows:
/// <code>
///   magic:u32 'TSP1'  length:u32  xxHash64 of what follows:u64
///   number:i64  epoch:i32  key:i32  start,end,firstDts,bytes:i64
///   tracks: length:i32, JSON     packets: count:i32
///   per packet: track:i32 epoch:i32 flags:i32 length:i32 pts,dts,duration:i64
///   the packets' bytes, in the same order
/// </code>
/// A record that is cut off or whose checksum is wrong ends the file: what came before it is whole.
/// </remarks>
internal static class PieceFormat
{
    public const int HeaderLength = 16;
    private const uint Magic = 0x31505354;
    private const int HeadLength = 48, PacketLength = 40;
    private const int Key = 1, Damaged = 2, Hidden = 4;

    /// <summary>The record of a closed piece.</summary>
    public static byte[] Write(TapePiece piece)
    {
        var packets = piece.Packets!;
        var tracks = JsonSerializer.SerializeToUtf8Bytes(piece.Tracks.ToArray(), TapeJson.Default.TrackFormatArray);
        var record = new byte[HeaderLength + HeadLength + 4 + tracks.Length + 4 + (packets.Count * PacketLength) + packets.Sum(packet => packet.Data.Length)];
        var to = new Writer(record.AsSpan(HeaderLength));
        var head = piece.Head;
        to.Long(head.Number);
        to.Int(head.Epoch);
        to.Int(head.IsKey ? Key : 0);
        foreach (var value in (long[])[head.Start.Ticks, head.End.Ticks, head.FirstDts.Ticks, head.Bytes]) to.Long(value);
        to.Int(tracks.Length);
        to.Bytes(tracks);
        to.Int(packets.Count);
        foreach (var packet in packets)
        {
            to.Int(packet.Track);
            to.Int(packet.Epoch);
            to.Int((packet.IsKey ? Key : 0) | (packet.IsDamaged ? Damaged : 0) | (packet.IsHidden ? Hidden : 0));
            to.Int(packet.Data.Length);
            foreach (var value in (long[])[packet.Pts.Ticks, packet.Dts.Ticks, packet.Duration.Ticks]) to.Long(value);
        }
        foreach (var packet in packets) to.Bytes(packet.Data.Span);

        BinaryPrimitives.WriteUInt32LittleEndian(record, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), (uint)(record.Length - HeaderLength));
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(8), XxHash64.HashToUInt64(record.AsSpan(HeaderLength)));
        return record;
    }

    /// <summary>Length of the record that begins with a header; null when that is no header.</summary>
    public static int? LengthOf(ReadOnlySpan<byte> header) =>
        header.Length >= HeaderLength && BinaryPrimitives.ReadUInt32LittleEndian(header) == Magic && BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) is var length and <= int.MaxValue - HeaderLength
            ? HeaderLength + (int)length : null;

    /// <summary>What a record says; null when it is not whole.</summary>
    public static (PieceHead Head, TrackFormat[] Tracks, List<MediaPacket> Packets)? Read(ReadOnlyMemory<byte> record)
    {
        if (LengthOf(record.Span) != record.Length) return null;
        var body = record[HeaderLength..];
        if (XxHash64.HashToUInt64(body.Span) != BinaryPrimitives.ReadUInt64LittleEndian(record.Span[8..])) return null;

        var from = new Reader(body.Span);
        var head = new PieceHead(from.Long(), from.Int(), from.Int() == Key, new(from.Long()), new(from.Long()), new(from.Long()), from.Long());
        var tracks = JsonSerializer.Deserialize(from.Take(from.Int()), TapeJson.Default.TrackFormatArray)!;
        var count = from.Int();
        var packets = new List<MediaPacket>(count);
        var data = from.Position + (count * PacketLength);
        for (var i = 0; i < count; i++)
        {
            var (track, epoch, flags, length) = (from.Int(), from.Int(), from.Int(), from.Int());
            var (pts, dts, duration) = (from.Long(), from.Long(), from.Long());
            packets.Add(new(track, epoch, new(pts), new(dts), new(duration), (flags & Key) != 0, body.Slice(data, length), (flags & Damaged) != 0) { IsHidden = (flags & Hidden) != 0 });
            data += length;
        }
        return (head, tracks, packets);
    }

    private ref struct Writer(Span<byte> left)
    {
        private Span<byte> _left = left;

        public void Int(int value) => BinaryPrimitives.WriteInt32LittleEndian(Next(4), value);

        public void Long(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(8), value);

        public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Next(value.Length));

        private Span<byte> Next(int length)
        {
            var next = _left[..length];
            _left = _left[length..];
            return next;
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public int Position { get; private set; }

        public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

        public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

        public ReadOnlySpan<byte> Take(int length)
        {
            var next = _bytes.Slice(Position, length);
            Position += length;
            return next;
        }
    }
}
