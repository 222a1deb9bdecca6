namespace TempSamp.Live.Core;

/// <summary>A packet's times as the source writes them.</summary>
/// <param name="Track">The track it belongs to; each track's times run on their own until they meet in the clock.</param>
/// <param name="Pts">Presentation time in units of the time base; null when the source does not say.</param>
/// <param name="Dts">Decoding time; null when the source does not say.</param>
/// <param name="Duration">Length; 0 when unknown.</param>
/// <param name="Num">Numerator of the time base in seconds.</param>
/// <param name="Den">Denominator of the time base.</param>
/// <param name="WrapBits">Bits after which the source's counter starts again: 33 for MPEG-TS, 64 for never.</param>
/// <param name="Arrival">
/// When it was read, on any clock that only goes forward; null where that says nothing of the source's pace, as with files and segments.
/// </param>
public readonly record struct SourceTime(int Track, long? Pts, long? Dts, long Duration, int Num, int Den, int WrapBits, TimeSpan? Arrival = null)
{
    /// <summary>A value in this time base as ticks of <see cref="MediaTime"/>, to the nearest.</summary>
    internal long Ticks(long value) => Scale(value, (Int128)Num * MediaTime.TicksPerSecond, Den);

    /// <summary>Ticks of <see cref="MediaTime"/> in this time base, to the nearest.</summary>
    internal long FromTicks(long ticks) => Scale(ticks, Den, (Int128)Num * MediaTime.TicksPerSecond);

    /// <summary>The value that a counter of <see cref="WrapBits"/> bits means when it is close to another.</summary>
    internal long Unwrap(long raw, long near)
    {
        if (WrapBits is <= 0 or >= 63) return raw;
        var period = 1L << WrapBits;
        var step = (raw - near) & (period - 1);
        return near + (step >= period / 2 ? step - period : step);
    }

    // A source that counts in years saturates instead of overflowing.
    private static long Scale(long value, Int128 numerator, Int128 denominator)
    {
        var doubled = 2 * (value * numerator);
        var scaled = (doubled + (doubled >= 0 ? denominator : -denominator)) / (2 * denominator);
        return (long)Int128.Clamp(scaled, long.MinValue / 4, long.MaxValue / 4);
    }
}

/// <summary>A packet's place on the session's timeline.</summary>
/// <param name="Epoch">The continuous run of source times it belongs to.</param>
/// <param name="Pts">Presentation time.</param>
/// <param name="Dts">Decoding time; never decreases inside a track.</param>
/// <param name="Duration">Length; zero when unknown.</param>
/// <param name="Note">What was odd here; null mostly.</param>
public readonly record struct SessionTime(int Epoch, MediaTime Pts, MediaTime Dts, MediaTime Duration, StreamNote? Note);
