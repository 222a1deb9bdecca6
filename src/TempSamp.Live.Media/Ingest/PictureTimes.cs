using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Says when pictures are shown whose container does not: bare streams and AVI, and transport streams that lost a header. A picture's place among its
/// neighbours follows from the numbers that the codec gives them; its time is that of the place.
/// </summary>
/// <remarks>
/// Pictures come and leave in decoding order. One without a time waits until all that could be shown before it are there:
/// <code>
///   decoded at    0   1   2   3   4   5   6       number    0  8  4  2  6  12 10
///   place         0   4   2   1   3   6   5       time      that of the picture decoded at this place, or counted on from a neighbour's
/// </code>
/// </remarks>
internal sealed class PictureTimes
{
    /// <summary>No codec shows a picture more places before or after the one that it is decoded at.</summary>
    private const int Deepest = 16;

    /// <summary>Pictures before one that tell its time, and that of those that tell it.</summary>
    public const int Memory = 2 * Deepest;

    private readonly List<Picture> _near = []; // the last ones that left, then those that wait
    private int _left, _firstPlaced, _placed;
    private long? _delay;

    /// <summary>Takes the next picture.</summary>
    /// <param name="packet">Its packet.</param>
    /// <param name="number">Of two pictures that with the smaller one is shown first.</param>
    public void Add(SourcePacket packet, long number) => _near.Add(new(packet, number, packet.Time.Pts is not null));

    /// <summary>Gives the next picture.</summary>
    /// <param name="isLast">Whether no more pictures come.</param>
    /// <param name="packet">Its packet, with a time where one could be found.</param>
    /// <returns>False while it must wait.</returns>
    public bool TryTake(bool isLast, out SourcePacket packet)
    {
        packet = default;
        if (_left == _near.Count) return false;
        if (!_near[_left].IsTimed && !isLast && _near.Count - _left <= Memory) return false;
        packet = _near[_left].Packet;
        _placed = isLast ? _near.Count : Math.Max(_left, _near.Count - Deepest); // what is shown before later ones may still come
        if (packet.Time.Pts is null) packet = packet with { Time = Timed(_left) };
        _near[_left] = _near[_left] with { Packet = packet };
        if (_left++ < Memory) return true;
        _near.RemoveAt(0);
        (_left, _firstPlaced) = (Memory, Deepest); // of earlier ones it is forgotten what came before
        return true;
    }

    private SourceTime Timed(int index)
    {
        var time = _near[index].Packet.Time;
        return time with
        {
            Pts = ByNeighbour(index, p => p.IsTimed) ?? (time.Dts is null ? null : ByDecoding(index)) ?? ByNeighbour(index, p => p.Packet.Time.Pts is not null),
            Dts = time.Dts ?? (index > 0 ? _near[index - 1].Packet.Time.Dts + time.Duration : null),
        };
    }

    // Place in the order they are shown, counted as the pictures here are: where it is decoded, without those before that are shown later, with those after that are shown earlier.
    private int PlaceOf(int index)
    {
        var place = index;
        for (var i = Math.Max(0, index - Deepest); i < Math.Min(_near.Count, index + Deepest + 1); i++)
        {
            if (i < index && _near[i].Number > _near[index].Number) place--;
            else if (i > index && _near[i].Number < _near[index].Number) place++;
        }

        return place;
    }

    // Counted on from the nearest picture that has a time.
    private long? ByNeighbour(int index, Func<Picture, bool> isKnown)
    {
        var (length, place) = (_near[index].Packet.Time.Duration, PlaceOf(index));
        var known = Enumerable.Range(_firstPlaced, _placed - _firstPlaced).Where(i => isKnown(_near[i])).Select(i => (Index: i, Places: place - PlaceOf(i))).OrderBy(n => Math.Abs(n.Places)).Take(1).ToList();
        return known is [var nearest] && length > 0 ? _near[nearest.Index].Packet.Time.Pts + (nearest.Places * length) : null;
    }

    // Nothing is shown before it is decoded: all are as late as the first ones have to be.
    private long? ByDecoding(int index)
    {
        _delay ??= Enumerable.Range(index, Math.Min(Deepest + 1, _near.Count - index)).Max(i => _near[i].Packet.Time.Dts - DecodedAt(PlaceOf(i))) ?? 0;
        return DecodedAt(PlaceOf(index)) + _delay;
    }

    private long? DecodedAt(int place) => _near[Math.Clamp(place, 0, _near.Count - 1)].Packet.Time.Dts;

    private sealed record Picture(SourcePacket Packet, long Number, bool IsTimed);
}
