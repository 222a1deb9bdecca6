namespace TempSamp.Live.Core;

/// <summary>
/// Dates the instants of a session's timeline. The source's own dates win where they are plausible; else arrival dates them: the quickest packets of
/// the newest seconds, followed by at most one millisecond a second, so that delays of the network move nothing.
/// </summary>
/// <remarks>Owned by one loop.</remarks>
public sealed class WallClock
{
    /// <summary>Name of the clock that goes by arrival.</summary>
    public const string Arrival = "arrival";

    private const double Slew = 0.001;
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(5);

    private readonly ArrivalFloor _floor = new();
    private readonly SourceDates _dates = new();
    private readonly DateTimeOffset _origin;
    private double _offset;   // ticks of MediaTime
    private TimeSpan? _steppedAt, _last;
    private DateTimeOffset? _firstDated;

    /// <summary>A clock for a session whose first frame came at an instant.</summary>
    /// <param name="startedAt">Date of media time zero, as far as it is known now; arrivals count from here.</param>
    /// <param name="source">Who says so.</param>
    public WallClock(DateTimeOffset startedAt, string source) => (_origin, UtcOfZero, Source) = (startedAt, startedAt, source);

    /// <summary>Date that media time zero has by what is known now: the date of an instant close to now is this plus the instant.</summary>
    public DateTimeOffset UtcOfZero { get; private set; }

    /// <summary>Who dates: <see cref="Arrival"/>, or the source.</summary>
    public string Source { get; private set; }

    /// <summary>Wall time minus timeline since the start, by the source's own dates where there are any; null before the first packet.</summary>
    public TimeSpan? Drift => _firstDated is { } first ? UtcOfZero - first : _floor is { Newest: { } newest, First: { } least } ? new MediaTime(newest - least).ToTimeSpan() : null;

    /// <summary>A packet arrived.</summary>
    /// <param name="at">Its media time.</param>
    /// <param name="now">The wall clock.</param>
    public void Observe(MediaTime at, DateTimeOffset now)
    {
        var arrival = now - _origin;
        _floor.Observe(at, arrival);
        _steppedAt ??= arrival;
        var most = arrival - _steppedAt < s_settling ? double.MaxValue : Math.Max(0, (arrival - _last!.Value).TotalSeconds) * Slew * MediaTime.TicksPerSecond;
        _offset += Math.Clamp(_floor.Newest!.Value - _offset, -most, most);
        _last = arrival;
        if (Source == Arrival) UtcOfZero = _origin + TimeSpan.FromSeconds(_offset / MediaTime.TicksPerSecond);
    }

    /// <summary>A new epoch began: its own packets date it anew.</summary>
    public void Step()
    {
        _floor.Restart();
        _steppedAt = null;
    }

    /// <summary>The source dates an instant.</summary>
    /// <returns>Whether it is believed.</returns>
    public bool Date(MediaTime at, DateTimeOffset utc, string source, DateTimeOffset now)
    {
        if (!SourceDates.IsPlausible(utc, now)) return false;
        _dates.Date(at, utc);
        (UtcOfZero, Source) = (_dates.UtcOfZero!.Value, source);
        _firstDated ??= UtcOfZero;
        return true;
    }

    /// <inheritdoc cref="SourceDates.PlaceOf"/>
    public MediaTime? PlaceOf(DateTimeOffset utc, MediaTime end) => _dates.PlaceOf(utc, end);
}
