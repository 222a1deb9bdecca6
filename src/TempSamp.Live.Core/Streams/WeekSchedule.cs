using System.Globalization;

namespace TempSamp.Live.Core;

/// <summary>When a stream is watched: windows of the week, in the wall-clock time of a zone.</summary>
/// <remarks>
/// Where a clock change makes a wall-clock time happen twice, its first occurrence counts; where it leaves one out, the time is read with the offset
/// from before the change, so that 02:30 becomes 03:30 (RFC 5545, section 3.3.5).
/// </remarks>
/// <param name="Windows">Windows of the week; they may overlap.</param>
/// <param name="Zone">Whose wall clock.</param>
public sealed record WeekSchedule(IReadOnlyList<WeekWindow> Windows, TimeZoneInfo Zone)
{
    private const int DaysAhead = 8;

    /// <summary>Whether the stream is watched at an instant.</summary>
    public bool IsOn(DateTimeOffset at) => Occurrences(at).Any(o => o.From <= at && at < o.To);

    /// <summary>The next instant after <paramref name="at"/> at which the stream begins or ceases to be watched; null for a schedule that never changes.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset at)
    {
        var isOn = IsOn(at);
        return Occurrences(at).SelectMany(o => new[] { o.From, o.To }).Where(edge => edge > at && IsOn(edge) != isOn).Order().Cast<DateTimeOffset?>().FirstOrDefault();
    }

    // Every occurrence that may touch yesterday to a week ahead.
    private IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Occurrences(DateTimeOffset around)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(around, Zone).DateTime);
        for (var day = today.AddDays(-1); day <= today.AddDays(DaysAhead); day = day.AddDays(1))
            foreach (var window in Windows.Where(w => w.Days.Contains(day.DayOfWeek)))
                yield return (Instant(day, window.From), Instant(day, window.To));
    }

    private DateTimeOffset Instant(DateOnly day, TimeSpan wallClock)
    {
        var local = day.ToDateTime(TimeOnly.MinValue) + wallClock;
        var offset = Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max()
            : Zone.IsInvalidTime(local) ? Zone.GetUtcOffset(local.AddHours(-3))
            : Zone.GetUtcOffset(local);
        return new(local, offset);
    }
}

/// <summary>A stretch of some days of the week.</summary>
/// <param name="Days">Days on which it begins.</param>
/// <param name="From">Wall-clock time it begins at, from midnight.</param>
/// <param name="To">Wall-clock time it ends at, from the same midnight; beyond 24 hours where it passes midnight.</param>
public sealed record WeekWindow(IReadOnlyList<DayOfWeek> Days, TimeSpan From, TimeSpan To)
{
    private static readonly string[] s_names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    /// <summary>Reads <c>Mon-Fri 18:00-23:30</c>, <c>Sat,Sun 12:00-02:00</c> (into the next morning) or <c>daily 00:00-24:00</c>.</summary>
    /// <exception cref="FormatException">It is spelt otherwise; the message says how it should be.</exception>
    public static WeekWindow Parse(string text)
    {
        if (text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var days, var hours] || hours.Split('-') is not [var from, var to])
            throw new FormatException($"'{text}' is no window of the week; write it as 'Mon-Fri 18:00-23:30'");
        var (begin, end) = (Time(from, text), Time(to, text));
        return new(DaysOf(days, text), begin, end > begin ? end : end + TimeSpan.FromDays(1));
    }

    private static IReadOnlyList<DayOfWeek> DaysOf(string text, string whole)
    {
        if (text.Equals("daily", StringComparison.OrdinalIgnoreCase)) return Enum.GetValues<DayOfWeek>();
        var days = new List<DayOfWeek>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-').Select(name => Array.FindIndex(s_names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase))).ToArray();
            if (ends.Length > 2 || ends.Contains(-1)) throw new FormatException($"'{whole}': '{part}' names no days; use {string.Join(", ", s_names)}, a range such as Mon-Fri, or daily");
            for (var day = ends[0]; ; day = (day + 1) % s_names.Length)
            {
                days.Add((DayOfWeek)day);
                if (day == ends[^1]) break;
            }
        }
        return [.. days.Distinct()];
    }

    private static TimeSpan Time(string text, string whole) =>
        text == "24:00" ? TimeSpan.FromDays(1)
        : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.ToTimeSpan()
        : throw new FormatException($"'{whole}': '{text}' is no time of day; write it as 18:00");
}
