namespace TempSamp.Live.Core;

/// <summary>
/// How far arrival runs behind media time at its quickest: the least of (arrival - media time) over the newest seconds. Networks only ever add delay, so
/// the least is what is left of it when their delay is taken away.
/// </summary>
/// <remarks>Owned by one loop.</remarks>
public sealed class ArrivalFloor
{
    /// <summary>Length of each of the two buckets that the window is made of: it covers one to two of them.</summary>
    private static readonly long s_bucket = MediaTime.FromSeconds(10).Ticks;

    private long? _old, _new;
    private long _newBegan;

    /// <summary>Least delay of the newest 10 to 20 s in ticks of <see cref="MediaTime"/>; null before the first packet.</summary>
    public long? Newest => _old < _new ? _old : _new;

    /// <summary>Least delay of the first ten seconds: what later ones are held against. Null before the first packet.</summary>
    public long? First { get; private set; }

    private long? _began;

    /// <summary>Takes a packet.</summary>
    public void Observe(MediaTime at, TimeSpan arrival)
    {
        var arrived = MediaTime.From(arrival).Ticks;
        var delay = arrived - at.Ticks;
        if (arrived - (_began ??= arrived) < s_bucket) First = Math.Min(First ?? delay, delay);
        if (_new is null || arrived - _newBegan >= s_bucket) (_old, _new, _newBegan) = (_new, delay, arrived);
        else _new = Math.Min(_new.Value, delay);
    }

    /// <summary>Forgets all but <see cref="First"/>: the timeline goes on from another base.</summary>
    public void Restart() => (_old, _new) = (null, null);
}
