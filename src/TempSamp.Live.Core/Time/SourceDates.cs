namespace TempSamp.Live.Core;

/// <summary>Where on the timeline a date of the source's own stands, by those that it gave before: how much is missing where its times start anew.</summary>
/// <remarks>
/// Told by the first date and not by the newest, so that what one place is off by is made up for at the next. A source whose clock was set, which shows as a step
/// of more than a second, is followed. Owned by one loop.
/// </remarks>
public sealed class SourceDates
{
    /// <summary>A source's date must be later than this year, and at most this far in the future.</summary>
    private const int EarliestYear = 2000;
    private static readonly TimeSpan s_clockError = TimeSpan.FromHours(1);

    private static readonly TimeSpan s_set = TimeSpan.FromSeconds(1), s_farthest = TimeSpan.FromDays(1);

    private DateTimeOffset? _origin;

    /// <summary>Date of media time zero by the newest date; null before the first.</summary>
    public DateTimeOffset? UtcOfZero { get; private set; }

    /// <summary>Whether a date can be true: one in the future, or from before such dates were written, is a wrong clock.</summary>
    public static bool IsPlausible(DateTimeOffset utc, DateTimeOffset now) => utc.Year >= EarliestYear && utc < now + s_clockError;

    /// <summary>The source dates an instant.</summary>
    public void Date(MediaTime at, DateTimeOffset utc)
    {
        var zero = utc - at.ToTimeSpan();
        if (UtcOfZero is not { } before) _origin = zero;
        else if ((zero - before).Duration() > s_set) _origin += zero - before;
        UtcOfZero = zero;
    }

    /// <summary>Where an instant stands that comes behind everything so far.</summary>
    /// <param name="utc">Its date.</param>
    /// <param name="end">End of everything so far: nothing is placed before it.</param>
    /// <returns>Null when no date was given before, or one that the instant is more than a day away from.</returns>
    public MediaTime? PlaceOf(DateTimeOffset utc, MediaTime end)
    {
        if (_origin is not { } origin) return null;
        var place = MediaTime.From(utc - origin);
        return (place - end).ToTimeSpan().Duration() < s_farthest ? MediaTime.Max(place, end) : null;
    }
}
