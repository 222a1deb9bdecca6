using System.Buffers.Binary;

namespace TempSamp.Live.Benchmarks;

/// <summary>Damages MPEG-TS by its structure: packet headers, adaptation fields, tables whose checksum is made right again, PES headers.</summary>
internal static class TsMutation
{
    private const int Packet = 188, Header = 4, PesHeader = 24;
    private const byte Sync = 0x47, StartsUnit = 0x40;

    public static byte[] Make(byte[] honest, Random random)
    {
        var packets = Enumerable.Range(0, honest.Length / Packet).Select(i => honest[(i * Packet)..((i + 1) * Packet)]).ToList();
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            if (random.Next(5) == 0) Mutation.Rearrange(packets, random);
            else if (packets.Count > 0) DamagePacket(packets, Mutation.Early(packets.Count, random), random);
        }

        byte[] file = [.. packets.SelectMany(packet => packet)];
        return random.Next(8) == 0 ? file[..random.Next(file.Length + 1)] : file;
    }

    private static void DamagePacket(List<byte[]> packets, int index, Random random)
    {
        var packet = packets[index] = [.. packets[index]];
        switch (random.Next(6))
        {
            case 0:
                packet[random.Next(1, Header)] ^= (byte)(1 << random.Next(8)); // flags, number of the stream, counter
                break;
            case 1:
                (packet[1], packet[2]) = (packets[random.Next(packets.Count)][1], packets[random.Next(packets.Count)][2]);
                break;
            case 2:
                packet[3] |= 0x20; // an adaptation field of any length
                packet[4] = (byte)Mutation.Number(random);
                break;
            case 3 when (packet[1] & StartsUnit) != 0 && packet[4] == 0:
                Mutation.Damage(packet.AsSpan(5, 40), random); // a table
                if (random.Next(4) != 0) Seal(packet.AsSpan(5));
                break;
            case 4 when (packet[1] & StartsUnit) != 0:
                Mutation.Damage(packet.AsSpan(Header, PesHeader), random);
                break;
            default:
                Mutation.Damage(packet, random);
                packet[0] = random.Next(20) == 0 ? (byte)0 : Sync;
                break;
        }
    }

    // Writes the checksum of a table over the one that the damage made wrong.
    private static void Seal(Span<byte> table)
    {
        var length = 3 + (BinaryPrimitives.ReadUInt16BigEndian(table[1..]) & 0xFFF);
        if (length < 7 || length > table.Length) return;
        var crc = 0xFFFFFFFF;
        foreach (var value in table[..(length - 4)])
        {
            crc ^= (uint)value << 24;
            for (var bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc & 0x80000000) != 0 ? 0x04C11DB7u : 0);
        }

        BinaryPrimitives.WriteUInt32BigEndian(table[(length - 4)..], crc);
    }
}
