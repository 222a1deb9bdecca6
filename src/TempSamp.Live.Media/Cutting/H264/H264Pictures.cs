using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Looks into the packets of an H.264 track, as far as a smart cut must know them. Packets are taken apart when they are first asked for.</summary>
internal sealed class H264Pictures(TrackFormat track, IReadOnlyList<MediaPacket> video)
{
    private readonly List<ReadOnlyMemory<byte>>?[] _units = new List<ReadOnlyMemory<byte>>?[video.Count];

    /// <summary>Parameter sets of the track's configuration and, after <see cref="Check"/>, of its packets.</summary>
    public ParameterSets Sets { get; } = ParameterSets.Of(track.CodecConfig);

    /// <summary>The NAL units of a packet.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> UnitsOf(int packet) => _units[packet] ??= NalUnits.Split(video[packet].Data, Sets.LengthSize);

    /// <summary>Whether nothing from here on leans on what came before. Key-frame flags do not say so: recovery points and open GOPs have them too.</summary>
    public bool IsIdr(int packet) => UnitsOf(packet).Any(unit => NalUnits.TypeOf(unit) == NalUnits.Idr);

    /// <summary>Checks every packet of a stretch against the rules.</summary>
    /// <exception cref="NotSmartException">One of them breaks a rule.</exception>
    public void Check(int first, int last)
    {
        for (var i = first; i <= last; i++)
        {
            if (video[i].IsDamaged) throw new NotSmartException("damaged", $"bytes are missing at {video[i].Pts}");
            if (!UnitsOf(i).All(Sets.TryAdd)) throw new NotSmartException("parameter-sets", $"they change at {video[i].Pts}");
        }

        for (var i = first; i <= last; i++) CheckSlices(i);
        var sizes = Sets.Sequences.Select(set => (set.WidthInMacroblocks, set.HeightInMapUnits, set.IsFramesOnly)).Distinct().Count();
        if (sizes != 1) throw new NotSmartException("resolution", "the source has parameter sets of several sizes");
        if (Sets.Sequences.FirstOrDefault(set => set is not { ChromaFormat: 1, LumaBits: 8, ChromaBits: 8 }) is not null)
            throw new NotSmartException("pixel-format", "the source is not 8-bit 4:2:0");
    }

    private void CheckSlices(int packet)
    {
        var slices = UnitsOf(packet).Where(unit => NalUnits.TypeOf(unit) is >= NalUnits.Slice and <= NalUnits.Idr).ToList();
        if (slices.Count == 0) throw new NotSmartException("damaged", $"no picture in the packet at {video[packet].Pts}");
        if (slices.Exists(slice => NalUnits.TypeOf(slice) is >= NalUnits.PartitionA and <= NalUnits.PartitionC))
            throw new NotSmartException("partitions", "the source uses data partitions");
        var (_, isField) = Sets.Describe(slices[0]) ?? throw new NotSmartException("damaged", $"a slice header that cannot be read at {video[packet].Pts}");
        if (isField) throw new NotSmartException("field-coded", $"a field instead of a frame at {video[packet].Pts}");
    }
}
