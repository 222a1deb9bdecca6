using System.Buffers;
using System.Globalization;
using System.Text;

namespace TempSamp.Live.Delivery;

/// <summary>
/// The feed as server-sent events: each has the event's number as <c>id</c>, with which a reader that comes back goes on, its type as <c>event</c>, and the
/// structured-mode CloudEvent as <c>data</c>. While nothing happens a comment is sent now and then, so that both sides see that the other still lives.
/// </summary>
public sealed class ServerSentEvents(IEventFeed feed, CloudEventWriter writer, TimeProvider time)
{
    /// <summary>Its content type.</summary>
    public const string ContentType = "text/event-stream";

    /// <summary>Writes until it is to end. A reader that does not keep up holds up nothing but itself.</summary>
    /// <param name="body">Where to.</param>
    /// <param name="after">As in <see cref="IEventFeed.ReadAsync"/>.</param>
    /// <param name="isWanted">Leaves events out.</param>
    /// <param name="heartbeat">Longest silence.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task WriteAsync(Stream body, long? after, Func<ToldEvent, bool> isWanted, TimeSpan heartbeat, CancellationToken cancel)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var events = feed.ReadAsync(after, reading.Token).GetAsyncEnumerator(reading.Token);
        await SayAsync(body, ":\n\n"u8.ToArray(), cancel);   // so that the reader knows at once that it is connected
        var next = events.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                if (!await ComesInAsync(next, heartbeat, cancel)) await SayAsync(body, ":\n\n"u8.ToArray(), cancel);
                else if (!await next) return;
                else
                {
                    if (isWanted(events.Current)) await body.WriteAsync(Of(events.Current), cancel);
                    next = events.MoveNextAsync().AsTask();
                    if (!next.IsCompleted) await body.FlushAsync(cancel);
                }
            }
        }
        finally
        {
            await reading.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);   // the feed is at rest before it is disposed
        }
    }

    private ReadOnlyMemory<byte> Of(ToldEvent told)
    {
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {told.Seq}\nevent: {told.Type}\ndata: ")));
        bytes.Write(writer.Structured(told).Span);
        bytes.Write("\n\n"u8);
        return bytes.WrittenMemory;
    }

    private async Task<bool> ComesInAsync(Task next, TimeSpan limit, CancellationToken cancel)
    {
        if (next.IsCompleted) return true;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var first = await Task.WhenAny(next, Task.Delay(limit, time, waiting.Token));
        await waiting.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        return first == next;
    }

    private static async Task SayAsync(Stream body, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        await body.WriteAsync(bytes, cancel);
        await body.FlushAsync(cancel);
    }
}
