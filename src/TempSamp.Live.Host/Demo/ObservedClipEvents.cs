using System.Threading.Channels;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host;

/// <summary>Lets the demo see each event after it has been published for real.</summary>
internal sealed class ObservedClipEvents(IClipEvents inner, ChannelWriter<SessionEvent> seen) : IClipEvents
{
    /// <inheritdoc/>
    public async Task PublishAsync(SessionEvent happened, CancellationToken cancel)
    {
        await inner.PublishAsync(happened, cancel);
        await seen.WriteAsync(happened, cancel);
    }
}
