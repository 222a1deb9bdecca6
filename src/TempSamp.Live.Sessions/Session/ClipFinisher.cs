using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>A clip that was announced: its plan, the hold on its packets, and how long its detection took.</summary>
internal sealed record PendingClip(ClipPlan Plan, IDisposable Hold, TimeSpan OutPointToDetected, long DetectedAt)
{
    /// <summary>W3C trace context of its decision; null when nobody traces.</summary>
    public string? Trace { get; init; }
}

/// <summary>Finishes announced clips: cut, hand over to delivery, which says when it is ready; or say why it never will be. One of the two always follows.</summary>
internal sealed partial class ClipFinisher(PacketTape tape, TapeFolder? folder, SessionPorts ports, EventOutlet events, SessionMeter meter, TimeProvider time, ILogger logger)
{
    /// <summary>From the last frame of a moment to its clip being ready: what producers wait for.</summary>
    private static readonly Histogram<double> _outPointToReady = LiveTelemetry.Meter.CreateHistogram<double>(
        "highlight_out_point_to_ready", "s", "From a moment's last frame until its clip is ready.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 2, 3, 4, 6, 8, 10, 12, 15, 20, 30, 60, 120] });

    private readonly Lock _gate = new();
    private readonly List<Task> _onTheWay = [];

    public async Task FinishAsync(PendingClip clip, CancellationToken giveUp)
    {
        using var hold = clip.Hold;
        var plan = clip.Plan;
        using var span = LiveTelemetry.Step("clip.cut", clip.Trace, plan.Id);
        try
        {
            Follow(clip, await MakeAsync(plan, giveUp));
            folder?.Finished(plan.Id);
        }
        catch (ClipException error)
        {
            await FailAsync(plan, error.Reason, error.Message, error, giveUp);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            await FailAsync(plan, "stopped", "the stream was stopped before the clip was finished; a longer Sessions:DrainTime leaves more time", null, giveUp);
        }
        catch (Exception error)   // one clip's fault costs one clip
        {
            await FailAsync(plan, "fault", error.Message, error, giveUp);
        }
    }

    /// <summary>Waits until the clips that were handed over have arrived, but no longer than a limit: they arrive without this stream too.</summary>
    public async Task ArrivedAsync(TimeSpan limit, CancellationToken giveUp)
    {
        Task all;
        lock (_gate) all = Task.WhenAll(_onTheWay);
        await all.WaitAsync(limit, time, giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<ClipHandover> MakeAsync(ClipPlan plan, CancellationToken giveUp)
    {
        giveUp.ThrowIfCancellationRequested();
        var slice = await tape.SliceAsync(plan.Range, giveUp);
        var middle = new MediaTime(plan.Moment.Span.Start.Ticks + (plan.Moment.Span.Length.Ticks / 2));
        var file = await ports.Cutter.CutAsync(slice, new(plan.Range, middle, ports.Delivery.SpoolPath(plan), plan.Query.Policy.Form), giveUp);
        return await ports.Delivery.HandOverAsync(plan, file, giveUp);
    }

    private void Follow(PendingClip clip, ClipHandover handover)
    {
        lock (_gate)
        {
            _onTheWay.RemoveAll(arrival => arrival.IsCompleted);
            _onTheWay.Add(ArrivalAsync(clip, handover));
        }
    }

    private async Task ArrivalAsync(PendingClip clip, ClipHandover handover)
    {
        var plan = clip.Plan;
        try
        {
            var stored = await handover.Stored;
            meter.Ready();
            var seconds = (clip.OutPointToDetected + time.GetElapsedTime(clip.DetectedAt)).TotalSeconds;
            _outPointToReady.Record(seconds, new("stream", plan.StreamId), new("prompt", plan.Query.Id));
            LogReady(plan.StreamId, plan.Id, plan.Query.Id, stored.File.Actual, stored.Bytes, seconds);
        }
        catch (ClipException)   // delivery has said so
        {
            meter.Failed();
        }
        catch (OperationCanceledException)
        {
            LogGoesOn(plan.StreamId, plan.Id);
        }
    }

    private async Task FailAsync(ClipPlan plan, string reason, string detail, Exception? error, CancellationToken giveUp)
    {
        meter.Failed();
        LogFailed(error, plan.StreamId, plan.Id, plan.Query.Id, reason, detail);
        await events.PublishAsync(new ClipFailed(plan, reason, detail, time.GetUtcNow()), giveUp);
        folder?.Finished(plan.Id);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: clip {Clip} of {Query} is ready, {Range}, {Bytes} bytes, {Seconds:0.0} s after its last frame")]
    private partial void LogReady(string stream, string clip, string query, TimeRange range, long bytes, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: clip {Clip} waits in the spool and is delivered at the next start")]
    private partial void LogGoesOn(string stream, string clip);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream}: clip {Clip} of {Query} failed ({Reason}): {Detail}")]
    private partial void LogFailed(Exception? error, string stream, string clip, string query, string reason, string detail);
}
