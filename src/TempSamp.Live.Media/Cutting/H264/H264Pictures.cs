using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Looks into the packets of an H.264 track, as far as a smart cut must know them. Packets are taken apart when they are first asked for. The encoder gets ids for
/// its parameter sets that the source leaves free.
/// </summary>
internal sealed class H264Pictures(TrackFormat track, IReadOnlyList<MediaPacket> video) : SmartPictures(video)
{
    private readonly ParameterSets _sets = ParameterSets.Of(track.CodecConfig);
    private int _free;

    /// <inheritdoc/>
    public override bool IsEntry(int packet) => UnitsOf(packet).Exists(unit => NalUnits.TypeOf(unit) == NalUnits.Idr);

    /// <inheritdoc/>
    public override bool LeadsIn(int packet) => false;

    /// <inheritdoc/>
    public override VideoEncoder Open(EncoderChoice encoders, FrameHandle first, double framesPerSecond) => encoders.OpenSeam(first, framesPerSecond, _free);

    /// <inheritdoc/>
    public override bool TryTake(byte[] headers) => NalUnits.Split(headers, 0).All(_sets.TryAdd);

    /// <inheritdoc/>
    public override byte[] Encoded(ReadOnlyMemory<byte> data) => NalUnits.ToSample(NalUnits.Split(data, 0));

    /// <inheritdoc/>
    public override byte[] Copied(int packet, bool isSeam) => NalUnits.ToSample(UnitsOf(packet));

    /// <inheritdoc/>
    public override byte[] Configuration() => _sets.ToBox();

    /// <inheritdoc/>
    protected override List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> data) => NalUnits.Split(data, _sets.LengthSize);

    /// <inheritdoc/>
    protected override bool TryAdd(ReadOnlyMemory<byte> unit) => _sets.TryAdd(unit);

    /// <inheritdoc/>
    protected override void CheckSlices(List<ReadOnlyMemory<byte>> units, MediaTime at)
    {
        var slices = units.Where(unit => NalUnits.TypeOf(unit) is >= NalUnits.Slice and <= NalUnits.Idr).ToList();
        if (slices.Count == 0) throw new NotSmartException("damaged", $"no picture in the packet at {at}");
        if (slices.Exists(slice => NalUnits.TypeOf(slice) is >= NalUnits.PartitionA and <= NalUnits.PartitionC))
            throw new NotSmartException("partitions", "the source uses data partitions");
        var (_, isField) = _sets.Describe(slices[0]) ?? throw new NotSmartException("damaged", $"a slice header that cannot be read at {at}");
        if (isField) throw new NotSmartException("field-coded", $"a field instead of a frame at {at}");
    }

    /// <inheritdoc/>
    protected override void CheckSets()
    {
        var sizes = _sets.Sequences.Select(set => (set.WidthInMacroblocks, set.HeightInMapUnits, set.IsFramesOnly)).Distinct().Count();
        if (sizes != 1) throw new NotSmartException("resolution", "the source has parameter sets of several sizes");
        if (_sets.Sequences.FirstOrDefault(set => set is not { ChromaFormat: 1, LumaBits: 8, ChromaBits: 8 }) is not null)
            throw new NotSmartException("pixel-format", "the source is not 8-bit 4:2:0");
        _free = _sets.FreeId() ?? throw new NotSmartException("parameter-sets", "the source uses every parameter set id");
    }
}
