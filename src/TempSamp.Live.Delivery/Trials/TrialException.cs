namespace TempSamp.Live.Delivery;

/// <summary>A trial found that something would not work. The message says what and why.</summary>
/// <param name="reason">Short machine name, such as <c>unreachable</c>; of the trial's own and of <see cref="StoreException"/>.</param>
/// <param name="message">For people.</param>
/// <param name="inner">The cause.</param>
public sealed class TrialException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Short machine name.</summary>
    public string Reason { get; } = reason;
}
