using System.Buffers.Binary;
using System.Text;

namespace TempSamp.Live.Benchmarks;

/// <summary>Damages MP4 by its structure: boxes are dropped, repeated, moved, renamed, given wrong lengths, odd counts, or addresses of other files.</summary>
internal static class Mp4Mutation
{
    private const int Header = 8, Deepest = 12;

    private static readonly string[] s_containers = ["moov", "trak", "mdia", "minf", "stbl", "edts", "dinf", "udta", "moof", "traf", "mvex", "ilst"];
    private static readonly string[] s_names = [.. s_containers, "stsd", "stts", "ctts", "stsc", "stsz", "stco", "co64", "stss", "elst", "mvhd", "tkhd", "mdhd", "hdlr", "dref", "meta", "sidx", "tfhd", "trun", "tfdt", "trex", "mdat", "free", "uuid", "cmov", "avcC", "esds"];

    /// <param name="honest">The file.</param>
    /// <param name="outside">A file that must never be opened.</param>
    /// <param name="random">Decides.</param>
    public static byte[] Make(byte[] honest, string outside, Random random)
    {
        var file = new Box("", null, Parse(honest, 0));
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var boxes = All(file).ToList();
            var box = boxes[random.Next(boxes.Count)];
            switch (random.Next(6))
            {
                case 0 when box.Children is { Count: > 0 } children:
                    Mutation.Rearrange(children, random);
                    break;
                case 1:
                    box.Name = s_names[random.Next(s_names.Length)];
                    break;
                case 2:
                    box.Length = Mutation.Number(random);
                    break;
                case 3 when boxes.Find(b => b.Name == "dref") is { } references:
                    references.Payload = Elsewhere(outside, random);
                    break;
                default:
                    if (boxes.Where(b => b.Payload is { Length: > 0 } && b.Name != "mdat").ToList() is { Count: > 0 } leaves)
                        Mutation.Damage(leaves[random.Next(leaves.Count)].Payload!, random);
                    break;
            }
        }

        byte[] damaged = [.. file.Children!.SelectMany(box => box.Write())];
        return random.Next(8) == 0 ? damaged[..random.Next(damaged.Length + 1)] : damaged;
    }

    // A table of one entry that says: the media is in another file.
    private static byte[] Elsewhere(string outside, Random random)
    {
        var address = Encoding.UTF8.GetBytes((random.Next(3) switch { 0 => "file://", 1 => "file:", _ => "" }) + outside + "\0");
        var entry = new byte[12 + address.Length];
        BinaryPrimitives.WriteInt32BigEndian(entry, entry.Length);
        Encoding.ASCII.GetBytes(random.Next(2) == 0 ? "url " : "alis").CopyTo(entry, 4);
        address.CopyTo(entry, 12);
        return [0, 0, 0, 0, 0, 0, 0, 1, .. entry];
    }

    private static List<Box> Parse(ReadOnlySpan<byte> bytes, int depth)
    {
        var boxes = new List<Box>();
        for (var at = 0; at + Header <= bytes.Length;)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            var length = size < Header || size > bytes.Length - at ? bytes.Length - at : (int)size;
            var name = Encoding.Latin1.GetString(bytes.Slice(at + 4, 4));
            var body = bytes.Slice(at + Header, length - Header);
            boxes.Add(s_containers.Contains(name) && depth < Deepest ? new Box(name, null, Parse(body, depth + 1)) : new Box(name, body.ToArray(), null));
            at += length;
        }

        return boxes;
    }

    private static IEnumerable<Box> All(Box box) => [box, .. (box.Children ?? []).SelectMany(All)];

    private sealed class Box(string name, byte[]? payload, List<Box>? children)
    {
        public string Name { get; set; } = name;

        public byte[]? Payload { get; set; } = payload;

        public List<Box>? Children { get; } = children;

        public uint? Length { get; set; }

        public byte[] Write()
        {
            var body = Payload ?? [.. Children!.SelectMany(child => child.Write())];
            var box = new byte[Header + body.Length];
            BinaryPrimitives.WriteUInt32BigEndian(box, Length ?? (uint)box.Length);
            Encoding.Latin1.GetBytes(Name.PadRight(4)[..4]).CopyTo(box, 4);
            body.CopyTo(box, Header);
            return box;
        }
    }
}
