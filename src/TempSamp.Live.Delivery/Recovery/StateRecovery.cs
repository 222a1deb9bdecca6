using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Contracts;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Puts in order at the start what the last run left: every announced clip goes on or fails with a reason, every open session ends.</summary>
/// <remarks>
/// <code>
///   state new, though the folder is not (damage, or an older program) ── what the journal announced and never concluded is concluded
///   clip whole in the spool ── known as settled: cut; not known: announced and cut; past that: removed
///   clip cut or stored      ── goes on
///   clip settled only       ── its session's tape is there: cut from it later; else its packets are gone: failed, restart
///   session open            ── its tape is there: ended with its clips; else offline, interrupted
/// </code>
/// </remarks>
internal sealed partial class StateRecovery(
    StateDatabase state, ClipOutbox outbox, EventChannels channels, EventSignal signal, Spool spool, ClipDelivery delivery, IOptions<DeliveryOptions> options, TimeProvider time,
    ILogger<StateRecovery> logger, IUnfinishedSessions? tapes = null)
{
    /// <summary>Does it all; clips that go on are on their way when it returns.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var spooled = spool.Recover();
        if (state.IsNew) await ConcludeJournalAsync([.. spooled.Select(clip => clip.Plan.Id)], cancel);
        foreach (var clip in spooled) await TakeAsync(clip, cancel);

        foreach (var row in state.Read(ClipTable.Unfinished))
        {
            if (row.State != ClipState.Settled)
            {
                LogGoesOn(row.Plan.StreamId, row.Plan.Id, row.State);
                _ = delivery.Follow(row.Plan.Id);
                continue;
            }
            if (tapes?.WillFinish(row.Plan.SessionId, row.Plan.Id) == true) continue;
            LogLost(row.Plan.StreamId, row.Plan.Id);
            await outbox.PublishAsync(new Core.ClipFailed(row.Plan, "restart", "the service ended before the clip was cut, and its packets are gone", time.GetUtcNow()), cancel);
        }
        foreach (var stream in state.Read(SessionTable.Open).Where(stream => tapes?.WillEnd(stream.Session) != true))
            await outbox.PublishAsync(new StreamOffline(stream.Id, stream.Session, time.GetUtcNow(), "interrupted", "the service ended without saying so"), cancel);
    }

    private async Task TakeAsync(SpoolManifest clip, CancellationToken cancel)
    {
        var known = state.Read(db => ClipTable.Find(db, clip.Plan.Id));
        if (known is { State: not (ClipState.Settled or ClipState.Cut or ClipState.Stored) })
        {
            spool.Remove(clip.Plan);
            return;
        }
        if (known is null) await outbox.PublishAsync(new Core.ClipDetected(clip.Plan, TimeSpan.Zero, time.GetUtcNow()), cancel);
        await state.WriteAsync(db => ClipTable.Cut(db, clip.Plan.Id, clip.Unit, time.GetUtcNow()));
    }

    private async Task ConcludeJournalAsync(HashSet<string> spooled, CancellationToken cancel)
    {
        var path = JournalChannel.PathIn(options.Value.Directory);
        if (!File.Exists(path)) return;
        JournalTail tail;
        await using (var journal = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)) tail = JournalTail.Read(journal, new HashSet<string>());
        foreach (var clip in tail.OpenClips.Values.Where(clip => !spooled.Contains(clip.ClipId)))
        {
            var sidecar = Path.Combine(Path.GetFullPath(options.Value.Directory), "clips", clip.Stream.Id, clip.ClipId + ".json");
            var ready = await ClipSidecar.ReadWholeAsync(sidecar, cancel);
            LogConcluded(clip.ClipId, clip.Stream.Id, ready is null ? "failed" : "ready");
            await AppendAsync(ready is not null
                ? OutgoingEvent.Clip(EventTypes.ClipReady, ready, ContractsJson.Default.ClipReady, time.GetUtcNow())
                : OutgoingEvent.Clip(EventTypes.ClipFailed, Interrupted(clip), ContractsJson.Default.ClipFailed, time.GetUtcNow()));
        }
        foreach (var stream in tail.OpenSessions.Values)
            await AppendAsync(OutgoingEvent.Stream(EventTypes.StreamOffline, new(stream, "offline", "interrupted", "the service ended without saying so"), time.GetUtcNow()));
    }

    private async Task AppendAsync(OutgoingEvent outgoing)
    {
        if (await state.WriteAsync(db => EventTable.Append(db, outgoing, null, channels.Names))) signal.Told(outgoing.StreamId);
    }

    private static Contracts.ClipFailed Interrupted(Contracts.ClipDetected clip) => new()
    {
        ClipId = clip.ClipId, Revision = 2, State = "failed", Stream = clip.Stream, Query = clip.Query, Model = clip.Model, Time = clip.Time, Decision = clip.Decision,
        Failure = new("restart", "the service ended before the clip was finished, and its packets are gone"),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: clip {Clip} was {State} at the last stop and goes on")]
    private partial void LogGoesOn(string stream, string clip, ClipState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stream {Stream}: clip {Clip} was announced before the last stop and not cut; its packets are gone, so it fails")]
    private partial void LogLost(string stream, string clip);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clip {Clip} of stream {Stream} was announced by an earlier run whose state is gone, and is concluded now: {State}")]
    private partial void LogConcluded(string clip, string stream, string state);
}
