using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Takes what happened: the state changes and the event that tells of it are one transaction, so neither is ever without the other.</summary>
/// <remarks>
/// <code>
///   happened ──> one transaction: clip or session moves on, event, a row a channel ──> pumps send it, each channel's confirmation deletes its row
///                                                                                └──> feeds read it
/// </code>
/// What is told twice changes nothing the second time.
/// </remarks>
public sealed partial class ClipOutbox(StateDatabase state, EventSignal signal, EventChannels channels, ILogger<ClipOutbox> logger) : IClipEvents
{
    /// <inheritdoc/>
    /// <exception cref="IOException">The state cannot be written; nothing changed.</exception>
    public async Task PublishAsync(SessionEvent happened, CancellationToken cancel)
    {
        var outgoing = OutgoingEvent.Of(happened);
        var trace = Activity.Current?.Id;
        if (await state.WriteAsync(db => Apply(db, happened, trace) && EventTable.Append(db, outgoing, trace, channels.Names))) signal.Told(outgoing.StreamId);
        else LogKnown(outgoing.Id);
    }

    private static bool Apply(StateConnection db, SessionEvent happened, string? trace) => happened switch
    {
        StreamOnline online => SessionTable.Begin(db, online),
        StreamOffline offline => SessionTable.End(db, new(offline.StreamId, offline.SessionId), offline.Reason, offline.At),
        ClipDetected detected => ClipTable.Settle(db, detected, trace),
        ClipReady ready => ClipTable.Verify(db, ready.Clip.Plan.Id, ready.At),
        ClipFailed failed => ClipTable.Fail(db, failed.Plan.Id, failed.Reason, failed.Detail, failed.At),
        _ => true,
    };

    [LoggerMessage(Level = LogLevel.Debug, Message = "Event {Id} was told before, or what it tells does not follow; nothing changes")]
    private partial void LogKnown(string id);
}
