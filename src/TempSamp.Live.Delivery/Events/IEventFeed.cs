using System.Runtime.CompilerServices;

namespace TempSamp.Live.Delivery;

/// <summary>The events of this worker as a list that can be read from any place and followed as it grows: what server-sent events are made of.</summary>
public interface IEventFeed
{
    /// <summary>Events after a number, oldest first; then waits for more, without end.</summary>
    /// <param name="after"><see cref="ToldEvent.Seq"/> of the last event that the reader has (its <c>Last-Event-ID</c>); null follows from now. A number that is gone or was never given begins with the oldest that is kept.</param>
    /// <param name="cancel">Ends the reading.</param>
    IAsyncEnumerable<ToldEvent> ReadAsync(long? after, CancellationToken cancel);
}

/// <summary>Reads the feed from the state.</summary>
internal sealed class EventFeed(StateDatabase state, EventSignal signal) : IEventFeed
{
    private const int Page = 100;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ToldEvent> ReadAsync(long? after, [EnumeratorCancellation] CancellationToken cancel)
    {
        var last = state.Read(EventTable.Last);
        var at = after is { } known && known <= last ? known : after is null ? last : 0;
        while (true)
        {
            var more = signal.Next;
            var page = state.Read(db => EventTable.After(db, at, Page));
            foreach (var told in page)
            {
                cancel.ThrowIfCancellationRequested();
                yield return told;
                at = told.Seq;
            }
            if (page.Count < Page) await more.WaitAsync(cancel);
        }
    }
}
