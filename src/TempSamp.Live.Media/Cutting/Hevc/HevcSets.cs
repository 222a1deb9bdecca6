namespace TempSamp.Live.Media;

/// <summary>The HEVC parameter sets of a track: those of its configuration, those met in its packets, and the encoder's.</summary>
internal sealed class HevcSets
{
    private const int BoxHeader = 23, LengthAt = 21, ArraysAt = 22, MostIds = 16;

    private readonly SortedDictionary<int, ReadOnlyMemory<byte>> _videos = [], _sequences = [], _pictures = [];
    private readonly Dictionary<int, HevcSequence> _parsed = [];

    /// <summary>Bytes of the length before each unit of a packet; 0 where packets have start codes.</summary>
    public int LengthSize { get; private init; }

    /// <summary>The sequence sets.</summary>
    public IReadOnlyCollection<HevcSequence> Sequences => _parsed.Values;

    /// <summary>Whether all sequence sets, of which there is at least one, have the same coded size.</summary>
    public bool HaveOneSize => _parsed.Values.Select(set => (set.Width, set.Height)).Distinct().Count() == 1;

    /// <summary>Reads a track's configuration: an hvcC box's content, or units behind start codes, or nothing.</summary>
    public static HevcSets Of(ReadOnlyMemory<byte> config)
    {
        var isBox = config.Length >= BoxHeader && config.Span[0] == 1;
        var sets = new HevcSets { LengthSize = isBox ? (config.Span[LengthAt] & 3) + 1 : 0 };
        foreach (var unit in isBox ? UnitsOfBox(config) : NalUnits.Split(config, 0)) sets.TryAdd(unit);
        return sets;
    }

    /// <summary>Takes a unit in when it is a parameter set.</summary>
    /// <returns>False when another set of the same id is already there, or the unit is damaged: packets then do not all mean the same sets.</returns>
    public bool TryAdd(ReadOnlyMemory<byte> unit)
    {
        if (!HevcUnits.IsOfBaseLayer(unit)) return true;
        switch (HevcUnits.TypeOf(unit))
        {
            case HevcUnits.Video:
                return TryAdd(_videos, unit.Span[2] >> 4, unit);
            case HevcUnits.Sequence:
                if (HevcSequence.Parse(unit.Span) is not { } parsed || !TryAdd(_sequences, parsed.Id, unit)) return false;
                _parsed[parsed.Id] = parsed;
                return true;
            case HevcUnits.Picture:
                var bits = new BitReader(unit.Span);
                bits.Bits(8);
                var id = (int)bits.Unsigned();
                return !bits.IsOver && id < 64 && TryAdd(_pictures, id, unit);
            default:
                return true;
        }
    }

    /// <summary>Whether the sets that a slice leans on are here.</summary>
    public bool Knows(ReadOnlyMemory<byte> slice)
    {
        var bits = new BitReader(slice.Span);
        bits.Bits(8);
        bits.Flag(); // first_slice_segment_in_pic_flag
        if (HevcUnits.TypeOf(slice) is >= HevcUnits.FirstEntry and <= HevcUnits.LastEntry) bits.Flag(); // no_output_of_prior_pics_flag
        return _pictures.ContainsKey((int)bits.Unsigned()) && !bits.IsOver;
    }

    /// <summary>Ids that no set has; null when all are taken.</summary>
    public HevcIds? FreeIds() =>
        Free(_videos, 0, MostIds - 1) is { } video && Free(_sequences, 0, MostIds - 1) is { } sequence && Free(_pictures, HevcIds.FirstPicture, HevcIds.LastPicture) is { } picture
            ? new(video, sequence, picture) : null;

    /// <summary>Every set behind start codes, from which libav's muxer makes the box, for packets with start codes.</summary>
    public byte[] ToConfiguration() => HevcUnits.Join([.. _videos.Values, .. _sequences.Values, .. _pictures.Values]);

    private static int? Free(SortedDictionary<int, ReadOnlyMemory<byte>> sets, int first, int last)
    {
        for (var id = first; id <= last; id++)
            if (!sets.ContainsKey(id)) return id;
        return null;
    }

    private static bool TryAdd(SortedDictionary<int, ReadOnlyMemory<byte>> sets, int id, ReadOnlyMemory<byte> unit) =>
        sets.TryAdd(id, unit) || sets[id].Span.SequenceEqual(unit.Span);

    private static IEnumerable<ReadOnlyMemory<byte>> UnitsOfBox(ReadOnlyMemory<byte> box)
    {
        var at = BoxHeader;
        for (int arrays = box.Span[ArraysAt]; arrays > 0 && at + 3 <= box.Length; arrays--)
        {
            var count = Number(box, at + 1);
            at += 3;
            for (; count > 0 && at + 2 <= box.Length; count--)
            {
                var length = Math.Min(Number(box, at), box.Length - at - 2);
                if (length > 2) yield return box.Slice(at + 2, length);
                at += 2 + length;
            }
        }
    }

    private static int Number(ReadOnlyMemory<byte> box, int at) => (box.Span[at] << 8) | box.Span[at + 1];
}
