using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Packets of one track in a row that have the same format.</summary>
/// <param name="Format">Their format.</param>
/// <param name="Packets">In decoding order.</param>
internal sealed record FormatRun(TrackFormat Format, IReadOnlyList<MediaPacket> Packets)
{
    /// <summary>The packets of a track, a run for each format that it has in the slice.</summary>
    public static List<FormatRun> Of(TapeSlice slice, TrackFormat track)
    {
        var changes = slice.Changes.Where(change => change.Format.Index == track.Index).ToList();
        var runs = new List<FormatRun>();
        var packets = new List<MediaPacket>();
        foreach (var packet in slice.Packets.Where(p => p.Track == track.Index))
        {
            var format = changes.FindLast(change => change.Epoch <= packet.Epoch).Format ?? track;
            if (runs.Count == 0 || !ReferenceEquals(runs[^1].Format, format)) runs.Add(new(format, packets = []));
            packets.Add(packet);
        }

        return runs;
    }
}
