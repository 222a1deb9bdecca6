using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>A clip that was announced: its plan, the hold on its packets, and how long its detection took.</summary>
internal sealed record PendingClip(ClipPlan Plan, IDisposable Hold, TimeSpan OutPointToDetected, long DetectedAt);

/// <summary>Finishes announced clips: cut, store, then say that it is ready; or say why it never will be. One of the two always follows.</summary>
internal sealed partial class ClipFinisher(PacketTape tape, SessionPorts ports, EventOutlet events, SessionMeter meter, TimeProvider time, ILogger logger)
{
    public async Task FinishAsync(PendingClip clip, CancellationToken giveUp)
    {
        using var hold = clip.Hold;
        var plan = clip.Plan;
        StoredClip stored;
        try
        {
            stored = await MakeAsync(plan, giveUp);
        }
        catch (ClipException error)
        {
            await FailAsync(plan, error.Reason, error.Message, error, giveUp);
            return;
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            await FailAsync(plan, "stopped", "the stream was stopped before the clip was finished; a longer Sessions:DrainTime leaves more time", null, giveUp);
            return;
        }
        catch (Exception error)   // one clip's fault costs one clip
        {
            await FailAsync(plan, "fault", error.Message, error, giveUp);
            return;
        }

        var toReady = time.GetElapsedTime(clip.DetectedAt);
        await events.PublishAsync(new ClipReady(stored, clip.OutPointToDetected, toReady, time.GetUtcNow()), giveUp);
        meter.Ready();
        LogReady(plan.StreamId, plan.Id, plan.Query.Id, stored.File.Actual, stored.Bytes, (clip.OutPointToDetected + toReady).TotalSeconds);
    }

    private async Task<StoredClip> MakeAsync(ClipPlan plan, CancellationToken giveUp)
    {
        giveUp.ThrowIfCancellationRequested();
        var slice = await tape.SliceAsync(plan.Range, giveUp);
        var middle = new MediaTime(plan.Moment.Span.Start.Ticks + (plan.Moment.Span.Length.Ticks / 2));
        var file = await ports.Cutter.CutAsync(slice, new(plan.Range, middle, ports.Store.SpoolPath(plan), plan.Query.Policy.Form), giveUp);
        return await ports.Store.StoreAsync(plan, file, giveUp);
    }

    private async Task FailAsync(ClipPlan plan, string reason, string detail, Exception? error, CancellationToken giveUp)
    {
        meter.Failed();
        LogFailed(error, plan.StreamId, plan.Id, plan.Query.Id, reason, detail);
        await events.PublishAsync(new ClipFailed(plan, reason, detail, time.GetUtcNow()), giveUp);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: clip {Clip} of {Query} is ready, {Range}, {Bytes} bytes, {Seconds:0.0} s after its last frame")]
    private partial void LogReady(string stream, string clip, string query, TimeRange range, long bytes, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream}: clip {Clip} of {Query} failed ({Reason}): {Detail}")]
    private partial void LogFailed(Exception? error, string stream, string clip, string query, string reason, string detail);
}
