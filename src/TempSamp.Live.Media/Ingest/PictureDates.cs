using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>The dates that a source gives places in it: told of the first picture behind each, and asked where pictures behind a break stand.</summary>
internal sealed class PictureDates(TimeProvider time)
{
    /// <summary>Who says so.</summary>
    public const string Source = "program-date-time";

    private readonly SourceDates _told = new();

    /// <summary>Date of the next picture; null when it has none that can be true.</summary>
    public DateTimeOffset? Next { get; private set; }

    /// <summary>A place begins.</summary>
    public void Hear(SourceMark? mark)
    {
        if (mark?.Date is { } date && SourceDates.IsPlausible(date, time.GetUtcNow())) Next = date;
    }

    /// <summary>Where the next picture is shown by the date that was heard last; null when that cannot be said.</summary>
    /// <param name="end">End of everything so far.</param>
    public MediaTime? NextPlace(MediaTime end) => Next is { } date ? _told.PlaceOf(date, end) : null;

    /// <summary>A picture is shown: tells its date, if it has one.</summary>
    public void Tell(MediaTime shownAt, IPacketSink tape)
    {
        if (Next is not { } date) return;
        tape.Date(shownAt, date, Source);
        _told.Date(shownAt, date);
        Next = null;
    }
}
