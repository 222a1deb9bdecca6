namespace TempSamp.Live.Delivery;

/// <summary>A way out for events: the journal, a broker, a webhook.</summary>
internal interface IEventChannel : IAsyncDisposable
{
    /// <summary>Its name in the outbox; stays the same over restarts.</summary>
    string Name { get; }

    /// <summary>Whether what it holds is this worker's own and not shared with others: then it takes the events of streams that another worker runs by now, too.</summary>
    bool IsLocal => false;

    /// <summary>How refused events are tried again.</summary>
    RetryPace Pace { get; }

    /// <summary>Looks afresh whether events could be sent, so that what is wrong is known before the next one.</summary>
    /// <exception cref="ChannelException">They could not.</exception>
    Task CheckAsync(CancellationToken cancel);

    /// <summary>Hands an event to the other side. When it returns the other side has it for good. One event of a stream at a time, many streams at once.</summary>
    /// <exception cref="ChannelException">The other side does not take it now, or never will.</exception>
    Task SendAsync(PendingEvent pending, CancellationToken cancel);
}

/// <summary>A channel did not take an event. The message names the channel, the reason and the fix.</summary>
/// <param name="message">For people.</param>
/// <param name="isFinal">Whether sending it again is no use: it goes to the dead letters.</param>
/// <param name="inner">The cause.</param>
internal sealed class ChannelException(string message, bool isFinal = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether sending it again is no use.</summary>
    public bool IsFinal { get; } = isFinal;

    /// <summary>Short machine name of the reason.</summary>
    public string Reason { get; init; } = "refused";
}
