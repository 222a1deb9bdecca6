using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Looks into the packets of an HEVC track, as far as a smart cut must know them. A copied run may begin on a CRA picture too: what is shown before it is encoded, and
/// the picture itself is marked as one that lost those (BLA). The encoder numbers its parameter sets 0; they get other numbers afterwards.
/// </summary>
internal sealed class HevcPictures(TrackFormat track, IReadOnlyList<MediaPacket> video) : SmartPictures(video)
{
    private readonly HevcSets _sets = HevcSets.Of(track.CodecConfig);
    private HevcIds? _free;

    /// <inheritdoc/>
    public override bool IsEntry(int packet) => TypeOf(packet) is >= HevcUnits.FirstEntry and <= HevcUnits.Cra;

    /// <inheritdoc/>
    public override bool LeadsIn(int packet) => TypeOf(packet) is >= HevcUnits.FirstLeading and <= HevcUnits.LastLeading;

    /// <inheritdoc/>
    public override unsafe VideoEncoder Open(EncoderChoice encoders, FrameHandle first, double framesPerSecond)
    {
        if ((first.Pointer->flags & ffmpeg.AV_FRAME_FLAG_INTERLACED) != 0) throw new NotSmartException("field-coded", "pictures are fields");
        try
        {
            return encoders.OpenHevcSeam(first, framesPerSecond, _sets.Sequences.Max(set => set.SmallestBlock));
        }
        catch (FFmpegException e)
        {
            throw new NotSmartException("encoder", e.Message);
        }
    }

    /// <inheritdoc/>
    public override bool TryTake(byte[] headers) => NalUnits.Split(headers, 0).Where(IsSet).Select(Numbered).All(_sets.TryAdd) && _sets.HaveOneSize;

    /// <inheritdoc/>
    public override byte[] Encoded(ReadOnlyMemory<byte> data) => HevcUnits.Join(NalUnits.Split(data, 0).Where(HevcUnits.IsSlice).Select(Numbered));

    /// <inheritdoc/>
    public override byte[] Copied(int packet, bool isSeam) => HevcUnits.ToSample(isSeam ? UnitsOf(packet).Select(HevcUnits.WithoutLeading) : UnitsOf(packet));

    /// <inheritdoc/>
    public override byte[] Configuration() => _sets.ToConfiguration();

    private static bool IsSet(ReadOnlyMemory<byte> unit) => HevcUnits.TypeOf(unit) is HevcUnits.Video or HevcUnits.Sequence or HevcUnits.Picture;

    private ReadOnlyMemory<byte> Numbered(ReadOnlyMemory<byte> unit)
    {
        try
        {
            return _free!.Apply(unit.Span);
        }
        catch (NotSupportedException e)
        {
            throw new NotSmartException("encoder", e.Message);
        }
    }

    private int? TypeOf(int packet) => UnitsOf(packet).Where(HevcUnits.IsSlice).Select(unit => (int?)HevcUnits.TypeOf(unit)).FirstOrDefault();

    /// <inheritdoc/>
    protected override List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> data) => [.. NalUnits.Split(data, _sets.LengthSize).Where(unit => unit.Length > 2)];

    /// <inheritdoc/>
    protected override bool TryAdd(ReadOnlyMemory<byte> unit) => _sets.TryAdd(unit);

    /// <inheritdoc/>
    protected override void CheckSlices(List<ReadOnlyMemory<byte>> units, MediaTime at)
    {
        var slices = units.Where(HevcUnits.IsSlice).ToList();
        if (slices.Exists(slice => !HevcUnits.IsOfBaseLayer(slice))) throw new NotSmartException("layers", $"a picture of another layer at {at}");
        if (slices.Count == 0 || !slices.TrueForAll(_sets.Knows)) throw new NotSmartException("damaged", $"no picture, or a slice header that cannot be read, at {at}");
    }

    /// <inheritdoc/>
    protected override void CheckSets()
    {
        if (!_sets.HaveOneSize) throw new NotSmartException("resolution", "the source has parameter sets of several sizes");
        if (_sets.Sequences.FirstOrDefault(set => set is not { ChromaFormat: 1, LumaBits: 8, ChromaBits: 8 }) is not null)
            throw new NotSmartException("pixel-format", "the source is not 8-bit 4:2:0");
        _free = _sets.FreeIds() ?? throw new NotSmartException("parameter-sets", "the source uses every parameter set id");
    }
}
