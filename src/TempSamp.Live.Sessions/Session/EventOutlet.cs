using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>Publishes patiently: an event is a promise, so a sink that refuses it is asked again, and whoever publishes waits.</summary>
internal sealed partial class EventOutlet(IClipEvents events, SessionOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Publishes, retrying until it works. Tries once even when already cancelled; then the sink's own exception comes through.</summary>
    public async Task PublishAsync(SessionEvent happened, CancellationToken giveUp)
    {
        for (var wait = options.RetryFirst; ; wait = wait + wait > options.RetryMost ? options.RetryMost : wait + wait)
        {
            try
            {
                await events.PublishAsync(happened, CancellationToken.None);
                return;
            }
            catch (Exception error) when (!giveUp.IsCancellationRequested)
            {
                LogRefused(error, happened.StreamId, happened.GetType().Name, wait, error.Message);
            }
            await Task.Delay(wait, time, giveUp);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream}: {Event} could not be published and is tried again in {Wait}: {Reason}")]
    private partial void LogRefused(Exception error, string stream, string @event, TimeSpan wait, string reason);
}
