using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>What a smart cut must know of the packets of a track, and do to them: one codec each.</summary>
/// <param name="video">The packets in decoding order. Each is taken apart when it is first asked for.</param>
internal abstract class SmartPictures(IReadOnlyList<MediaPacket> video)
{
    private readonly List<ReadOnlyMemory<byte>>?[] _units = new List<ReadOnlyMemory<byte>>?[video.Count];

    /// <summary>The pictures of a track.</summary>
    /// <param name="track">The video track.</param>
    /// <param name="video">Its packets in decoding order.</param>
    /// <exception cref="NotSmartException">Its codec has no smart cut.</exception>
    public static SmartPictures Of(TrackFormat track, IReadOnlyList<MediaPacket> video) => track.Codec switch
    {
        "h264" => new H264Pictures(track, video),
        "hevc" => new HevcPictures(track, video),
        var other => throw new NotSmartException("codec", $"{other} has no smart cut"),
    };

    /// <summary>
    /// Whether nothing that is shown after this picture leans on what was decoded before it. Key-frame flags do not say so: recovery points have them too.
    /// </summary>
    public abstract bool IsEntry(int packet);

    /// <summary>Whether a packet behind an entry is shown before it, and may lean on what was decoded before the entry.</summary>
    public abstract bool LeadsIn(int packet);

    /// <summary>Checks every packet of a stretch against the rules. Comes before everything below.</summary>
    /// <exception cref="NotSmartException">One of them breaks a rule.</exception>
    public void Check(int first, int last)
    {
        for (var i = first; i <= last; i++)
        {
            if (video[i].IsDamaged) throw new NotSmartException("damaged", $"bytes are missing at {video[i].Pts}");
            if (!UnitsOf(i).TrueForAll(TryAdd)) throw new NotSmartException("parameter-sets", $"they change at {video[i].Pts}");
        }

        for (var i = first; i <= last; i++) CheckSlices(UnitsOf(i), video[i].Pts);
        CheckSets();
    }

    /// <summary>Opens an encoder whose pictures can stand beside the copied ones.</summary>
    public abstract VideoEncoder Open(EncoderChoice encoders, FrameHandle first, double framesPerSecond);

    /// <summary>Takes the encoder's parameter sets in.</summary>
    /// <returns>False when others are there already.</returns>
    public abstract bool TryTake(byte[] headers);

    /// <summary>A picture of the encoder as the file holds it.</summary>
    public abstract byte[] Encoded(ReadOnlyMemory<byte> data);

    /// <summary>A picture of the source as the file holds it.</summary>
    /// <param name="packet">Which.</param>
    /// <param name="isSeam">Whether encoded pictures stand before it and nothing that leads in behind it.</param>
    public abstract byte[] Copied(int packet, bool isSeam);

    /// <summary>The track's configuration with every parameter set.</summary>
    public abstract byte[] Configuration();

    /// <summary>The NAL units of a packet.</summary>
    protected List<ReadOnlyMemory<byte>> UnitsOf(int packet) => _units[packet] ??= Split(video[packet].Data);

    /// <summary>Takes a packet apart.</summary>
    protected abstract List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> data);

    /// <summary>Takes a unit in when it is a parameter set.</summary>
    /// <returns>False when another set of the same id is already there, or the unit is damaged.</returns>
    protected abstract bool TryAdd(ReadOnlyMemory<byte> unit);

    /// <summary>Checks the slices of a packet against the rules.</summary>
    protected abstract void CheckSlices(List<ReadOnlyMemory<byte>> units, MediaTime at);

    /// <summary>Checks the parameter sets against the rules, and finds free ids for the encoder's.</summary>
    protected abstract void CheckSets();
}
