using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>
/// Finishes the sessions of a program that was killed: cuts the clips that had been announced from what their tapes hold, and says of each that it is
/// ready or failed, and of the session that it is over.
/// </summary>
internal sealed partial class UnfinishedSessions(SessionPorts ports, IOptions<SessionOptions> options, IOptions<TapeOptions> tape, TimeProvider time, ILogger<UnfinishedSessions> logger) : IUnfinishedSessions
{
    private readonly EventOutlet _events = new(ports.Events, options.Value, time, logger);
    private readonly TapeBounds _bounds = tape.Value.Bounds;
    private readonly Lazy<IReadOnlyList<TapeFolder>> _found = new(() => tape.Value.Bounds.SpillDirectory is { } spill ? TapeFolder.Unfinished(spill) : []);

    /// <inheritdoc/>
    public bool WillFinish(string sessionId, string clipId) => Find(sessionId)?.Holds(clipId) == true;

    /// <inheritdoc/>
    public bool WillEnd(string sessionId) => Find(sessionId) is not null;

    /// <inheritdoc/>
    public Task FinishAsync(CancellationToken giveUp) => FinishAsync(_found.Value, giveUp);   // what is there now: sessions that begin later are not found

    private TapeFolder? Find(string sessionId) => _found.Value.FirstOrDefault(folder => folder.Session.SessionId == sessionId);

    private async Task FinishAsync(IReadOnlyList<TapeFolder> found, CancellationToken giveUp)
    {
        foreach (var folder in found)
        {
            try
            {
                await FinishAsync(folder, giveUp);
            }
            catch (Exception error)
            {
                LogFailed(error, folder.Session.StreamId, folder.Session.SessionId, folder.Folder, error.Message);
            }
        }
    }

    private async Task FinishAsync(TapeFolder folder, CancellationToken giveUp)
    {
        var session = folder.Session;
        var (recovered, plans, meter) = (PacketTape.Recovered(folder, _bounds), folder.Plans(), new SessionMeter());
        var held = recovered.Status;
        LogFound(session.StreamId, session.SessionId, held.Held.Length, held.Bytes, plans.Count);

        var finisher = new ClipFinisher(recovered, folder, ports, _events, meter, time, logger);
        foreach (var plan in plans) await finisher.FinishAsync(new PendingClip(plan, recovered.Hold(plan.Range), TimeSpan.Zero, time.GetTimestamp()), giveUp);
        await finisher.ArrivedAsync(options.Value.DrainTime, giveUp);

        var detail = $"the service ended without saying so; {held.Held.Length} of the session's tape was recovered, {meter.Counts.Ready} of {plans.Count} announced clips were finished from it";
        await _events.PublishAsync(new StreamOffline(session.StreamId, session.SessionId, time.GetUtcNow(), "interrupted", detail), giveUp);
        folder.Delete();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stream {Stream}: session {Session} was not finished; {Length} of its tape is there, {Bytes} bytes, and {Clips} announced clips")]
    private partial void LogFound(string stream, string session, MediaTime length, long bytes, int clips);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream}: session {Session} in {Folder} cannot be finished: {Reason}")]
    private partial void LogFailed(Exception error, string stream, string session, string folder, string reason);
}
