namespace TempSamp.Live.Delivery;

/// <summary>How something refused is tried again: first after <paramref name="First"/>, doubling up to <paramref name="Most"/>.</summary>
/// <param name="First">Wait after the first refusal.</param>
/// <param name="Most">Longest wait.</param>
/// <param name="GiveUpAfter">Age at which an event becomes a dead letter; <see cref="TimeSpan.MaxValue"/> is never.</param>
internal sealed record RetryPace(TimeSpan First, TimeSpan Most, TimeSpan GiveUpAfter)
{
    /// <summary>The pace of the options; never gives up.</summary>
    public static RetryPace Of(DeliveryOptions options) => new(options.RetryFirst, options.RetryMost, TimeSpan.MaxValue);

    /// <summary>Wait after so many refusals.</summary>
    public TimeSpan After(int attempts)
    {
        var wait = First.TotalSeconds * Math.Pow(2, Math.Min(attempts - 1, 30));
        return wait < Most.TotalSeconds ? TimeSpan.FromSeconds(wait) : Most;
    }
}
