using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>How long to wait before a stream is tried again, by the reason that ended it.</summary>
/// <param name="options">First, most and slow delays.</param>
/// <param name="random">Spreads the retries of streams that broke together by a fifth either way.</param>
public sealed class RetryPolicy(SessionOptions options, Random random)
{
    private const double Spread = 0.2;

    /// <summary>The wait before the next attempt; null when the stream is over for good: a file that was played, or a stop.</summary>
    /// <param name="plan">The stream.</param>
    /// <param name="reason">Of the end that was met.</param>
    /// <param name="failures">Ends in a row, this one counted, from 1.</param>
    public TimeSpan? DelayAfter(StreamPlan plan, string reason, int failures) => reason switch
    {
        "stopped" => null,
        "ended" when plan.IsFile => null,
        "ended" when plan.Url.StartsWith("listen:", StringComparison.Ordinal) => TimeSpan.Zero,   // the next publisher may come at once
        "forbidden" or "invalid" or "quarantined" => Spreaded(options.RetrySlow),
        _ => Min(Spreaded(options.RetryFirst * Math.Pow(2, Math.Min(failures - 1, 30))), options.RetryMost),
    };

    private TimeSpan Spreaded(TimeSpan delay) => delay * (1 - Spread + (2 * Spread * random.NextDouble()));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
