using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>Turns settled moments into announced clips: hold the packets, say that it was detected, queue it to be cut. Used by the finding loop only.</summary>
internal sealed partial class ClipAnnouncer(
    ClipPlanner planner, PacketTape tape, TapeFolder? folder, SessionTimeline timeline, EventOutlet events, ChannelWriter<PendingClip> clips, ClipFinisher finisher, SessionMeter meter, TimeProvider time, ILogger logger)
{
    private readonly FrameArrivals _arrivals = new(time);

    /// <summary>Moments from here on are of other queries.</summary>
    public void Change(StreamPlan changed) => planner = planner.With(changed);

    public void Arrived(SampledFrame frame)
    {
        meter.Frame();
        _arrivals.Add(frame);
    }

    public async Task AnnounceAsync(IReadOnlyList<Moment> moments, CancellationToken giveUp)
    {
        foreach (var moment in moments)
        {
            var plan = Dated(planner.Plan(moment));
            var latency = _arrivals.Since(moment.Span.End);
            using var span = LiveTelemetry.Decide(plan, time.GetUtcNow() - latency);
            var clip = new PendingClip(plan, tape.Hold(plan.Range), latency, time.GetTimestamp()) { Trace = span?.Id };
            meter.Detected();
            LogDetected(plan.StreamId, plan.Query.Id, moment.Span, plan.Id, moment.Score, moment.Sightings.Count, latency.TotalSeconds);
            Keep(plan);
            await events.PublishAsync(new ClipDetected(plan, latency, time.GetUtcNow()), giveUp);
            try
            {
                await clips.WriteAsync(clip, giveUp);
            }
            catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
            {
                await finisher.FinishAsync(clip, giveUp);   // fails it, so that no announced clip stays unanswered
            }
        }
    }

    // Before it is announced: what was announced is answered even when the program is killed.
    private void Keep(ClipPlan plan)
    {
        try
        {
            folder?.Keep(plan);
        }
        catch (IOException error)
        {
            LogNotKept(error, plan.StreamId, plan.Id, error.Message);
        }
    }

    // The clock of now dates what was just seen better than the clock of the session's first frame.
    private ClipPlan Dated(ClipPlan plan)
    {
        var (utcOfZero, source) = timeline.Clock;
        return plan with { SessionStartedAt = utcOfZero, ClockSource = source };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stream {Stream}: clip {Clip} would be lost if the program were killed now: {Reason}")]
    private partial void LogNotKept(Exception error, string stream, string clip, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: {Query} at {Span}, clip {Clip}, score {Score:0.00} from {Sightings} windows, {Latency:0.0} s after its last frame")]
    private partial void LogDetected(string stream, string query, TimeRange span, string clip, double score, int sightings, double latency);
}
