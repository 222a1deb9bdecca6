namespace TempSamp.Live.Core;

/// <summary>An instant on a session's own continuous timeline, in ticks of 1/90000 s from the session's first packet.</summary>
/// <remarks>90 kHz represents MPEG-TS, millisecond FLV and every common frame rate exactly. Raw source PTS never leave Media.</remarks>
public readonly record struct MediaTime(long Ticks) : IComparable<MediaTime>
{
    /// <summary>Ticks in one second.</summary>
    public const long TicksPerSecond = 90_000;

    /// <summary>The session's first instant.</summary>
    public static readonly MediaTime Zero;

    /// <summary>The instant in seconds.</summary>
    public double Seconds => (double)Ticks / TicksPerSecond;

    /// <summary>The instant in milliseconds, rounded to the nearest.</summary>
    public long Milliseconds => (long)Math.Round(Ticks / 90.0);

    /// <summary>The nearest instant to a number of seconds.</summary>
    public static MediaTime FromSeconds(double seconds) => new((long)Math.Round(seconds * TicksPerSecond));

    /// <summary>The instant at a number of milliseconds.</summary>
    public static MediaTime FromMilliseconds(long milliseconds) => new(milliseconds * 90);

    /// <summary>The nearest instant to a time span.</summary>
    public static MediaTime From(TimeSpan span) => new((long)Math.Round(span.Ticks * (TicksPerSecond / (double)TimeSpan.TicksPerSecond)));

    /// <summary>The distance from the session's start as a time span.</summary>
    public TimeSpan ToTimeSpan() => TimeSpan.FromTicks((long)Math.Round(Ticks * (TimeSpan.TicksPerSecond / (double)TicksPerSecond)));

    /// <inheritdoc/>
    public int CompareTo(MediaTime other) => Ticks.CompareTo(other.Ticks);

    public static MediaTime operator +(MediaTime a, MediaTime b) => new(a.Ticks + b.Ticks);
    public static MediaTime operator -(MediaTime a, MediaTime b) => new(a.Ticks - b.Ticks);
    public static MediaTime operator +(MediaTime a, TimeSpan b) => a + From(b);
    public static MediaTime operator -(MediaTime a, TimeSpan b) => a - From(b);
    public static bool operator <(MediaTime a, MediaTime b) => a.Ticks < b.Ticks;
    public static bool operator >(MediaTime a, MediaTime b) => a.Ticks > b.Ticks;
    public static bool operator <=(MediaTime a, MediaTime b) => a.Ticks <= b.Ticks;
    public static bool operator >=(MediaTime a, MediaTime b) => a.Ticks >= b.Ticks;

    /// <summary>The earlier of two instants.</summary>
    public static MediaTime Min(MediaTime a, MediaTime b) => a <= b ? a : b;

    /// <summary>The later of two instants.</summary>
    public static MediaTime Max(MediaTime a, MediaTime b) => a >= b ? a : b;

    /// <summary>The instant as people read it from a clock, to a tenth of a second: <c>2:05.3</c>, <c>1:02:05.3</c>.</summary>
    public string ToClock() => ToTimeSpan().ToString(Ticks >= 3600 * TicksPerSecond ? @"h\:mm\:ss\.f" : @"m\:ss\.f", System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Seconds:0.000}s");
}
