namespace TempSamp.Live.Media;

/// <summary>The H.264 parameter sets of a track: those of its configuration and those met in its packets.</summary>
internal sealed class ParameterSets
{
    private const int MostSequences = 32;

    private readonly SortedDictionary<int, ReadOnlyMemory<byte>> _sequences = [], _pictures = [];
    private readonly Dictionary<int, SequenceParameters> _parsed = [];
    private readonly Dictionary<int, int> _sequenceOfPicture = [];

    /// <summary>Bytes of the length before each unit of a packet; 0 where packets have start codes.</summary>
    public int LengthSize { get; private init; }

    /// <summary>The sequence sets by id.</summary>
    public IReadOnlyCollection<SequenceParameters> Sequences => _parsed.Values;

    /// <summary>Reads a track's configuration: an avcC box's content, or units behind start codes, or nothing.</summary>
    public static ParameterSets Of(ReadOnlyMemory<byte> config)
    {
        var isBox = config.Length >= 7 && config.Span[0] == 1;
        var sets = new ParameterSets { LengthSize = isBox ? (config.Span[4] & 3) + 1 : 0 };
        foreach (var unit in isBox ? UnitsOfBox(config) : NalUnits.Split(config, 0)) sets.TryAdd(unit);
        return sets;
    }

    /// <summary>Takes a unit in when it is a parameter set.</summary>
    /// <returns>False when another set of the same id is already there, or the unit is damaged: packets then do not all mean the same sets.</returns>
    public bool TryAdd(ReadOnlyMemory<byte> unit) => NalUnits.TypeOf(unit) switch
    {
        NalUnits.Sps => SequenceParameters.Parse(unit.Span) is { } parsed && TryAdd(_sequences, parsed.Id, unit) && (_parsed[parsed.Id] = parsed) is not null,
        NalUnits.Pps => TryAddPicture(unit),
        _ => true,
    };

    /// <summary>The sequence set that a slice leans on, and whether the slice is one field of a frame; null when the slice or its sets are damaged.</summary>
    public (SequenceParameters Sequence, bool IsField)? Describe(ReadOnlyMemory<byte> slice)
    {
        var bits = new BitReader(slice.Span);
        bits.Unsigned(); // first_mb_in_slice
        bits.Unsigned(); // slice_type
        var picture = (int)bits.Unsigned();
        if (!_sequenceOfPicture.TryGetValue(picture, out var id) || !_parsed.TryGetValue(id, out var sequence)) return null;
        if (sequence.HasSeparatePlanes) bits.Bits(2);
        bits.Bits(sequence.FrameNumberBits);
        var isField = !sequence.IsFramesOnly && bits.Flag();
        return bits.IsOver ? null : (sequence, isField);
    }

    /// <summary>The smallest id that neither a sequence nor a picture set has; null when all are taken.</summary>
    public int? FreeId()
    {
        for (var id = 0; id < MostSequences; id++)
            if (!_sequences.ContainsKey(id) && !_pictures.ContainsKey(id))
                return id;
        return null;
    }

    /// <summary>An avcC box's content (ISO/IEC 14496-15, 5.3.3.1) with every set, for packets whose units have lengths of four bytes.</summary>
    public byte[] ToBox()
    {
        var main = _parsed.Values.MaxBy(set => set.Profile)!;
        using var box = new MemoryStream();
        box.Write([1, (byte)main.Profile, (byte)main.Constraints, (byte)_parsed.Values.Max(set => set.Level), 0xFF, (byte)(0xE0 | _sequences.Count)]);
        Write(box, _sequences.Values);
        box.WriteByte((byte)_pictures.Count);
        Write(box, _pictures.Values);
        if (main.Profile is not (66 or 77 or 88))
            box.Write([(byte)(0xFC | main.ChromaFormat), (byte)(0xF8 | (main.LumaBits - 8)), (byte)(0xF8 | (main.ChromaBits - 8)), 0]);
        return box.ToArray();
    }

    private bool TryAddPicture(ReadOnlyMemory<byte> unit)
    {
        var bits = new BitReader(unit.Span);
        var (id, sequence) = ((int)bits.Unsigned(), (int)bits.Unsigned());
        if (bits.IsOver || id > 255 || !TryAdd(_pictures, id, unit)) return false;
        _sequenceOfPicture[id] = sequence;
        return true;
    }

    private static bool TryAdd(SortedDictionary<int, ReadOnlyMemory<byte>> sets, int id, ReadOnlyMemory<byte> unit) =>
        sets.TryAdd(id, unit) || sets[id].Span.SequenceEqual(unit.Span);

    private static void Write(MemoryStream box, IEnumerable<ReadOnlyMemory<byte>> units)
    {
        foreach (var unit in units)
        {
            box.Write([(byte)(unit.Length >> 8), (byte)unit.Length]);
            box.Write(unit.Span);
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> UnitsOfBox(ReadOnlyMemory<byte> box)
    {
        var at = 5;
        foreach (var mask in (int[])[31, 255])
        {
            if (at >= box.Length) yield break;
            var count = box.Span[at++] & mask;
            for (; count > 0 && at + 2 <= box.Length; count--)
            {
                var length = Math.Min((box.Span[at] << 8) | box.Span[at + 1], box.Length - at - 2);
                if (length > 0) yield return box.Slice(at + 2, length);
                at += 2 + length;
            }
        }
    }
}
