using System.Buffers.Binary;

namespace TempSamp.Live.Benchmarks;

/// <summary>Damages FLV by its structure: tags and their headers, script data, codec configurations.</summary>
internal static class FlvMutation
{
    private const int FileHeader = 13, TagHeader = 11, Trailer = 4, Deep = 40;

    public static byte[] Make(byte[] honest, Random random)
    {
        var tags = Tags(honest);
        var header = honest[..Math.Min(FileHeader, honest.Length)];
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            if (random.Next(5) == 0) Mutation.Rearrange(tags, random);
            else if (random.Next(12) == 0) Mutation.Damage(header, random);
            else if (tags.Count > 0) DamageTag(tags, Mutation.Early(tags.Count, random), random);
        }

        byte[] file = [.. header, .. tags.SelectMany(tag => tag)];
        return random.Next(8) == 0 ? file[..random.Next(file.Length + 1)] : file;
    }

    private static void DamageTag(List<byte[]> tags, int index, Random random)
    {
        var tag = tags[index] = [.. tags[index]];
        switch (random.Next(5))
        {
            case 0:
                tag[0] = (byte)(random.Next(2) == 0 ? 8 + random.Next(11) : random.Next(256)); // type
                break;
            case 1:
                tag[1] = (byte)Mutation.Number(random); // length, top byte
                break;
            case 2:
                BinaryPrimitives.WriteUInt32BigEndian(tag.AsSpan(4), Mutation.Number(random)); // time
                break;
            case 3:
                Mutation.Damage(tag.AsSpan(TagHeader, Math.Min(Deep, tag.Length - TagHeader)), random);
                break;
            default:
                Mutation.Damage(tag, random);
                break;
        }
    }

    private static List<byte[]> Tags(byte[] file)
    {
        var tags = new List<byte[]>();
        for (var at = FileHeader; at + TagHeader + Trailer <= file.Length;)
        {
            var length = TagHeader + (int)(BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at)) & 0xFFFFFF) + Trailer;
            if (at + length > file.Length) break;
            tags.Add(file[at..(at + length)]);
            at += length;
        }

        return tags;
    }
}
