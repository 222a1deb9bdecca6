using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>The life of one stream from connecting to its end: one attempt, never retried here.</summary>
/// <remarks>
/// <code>
///   open ── online ──┬─ read   packets ──> tape, frames ──> [frames: full drops oldest]
///                    ├─ find   [frames] ──> verdicts ──> settled moments ──> detected ──> [clips: full waits]
///                    └─ finish [clips] ──> cut from the tape ──> handed over to delivery, or failed
///   the source ends or breaks: what was read is still judged, every announced clip is finished, then offline
///   the stream is stopped:     judging stops, announced clips get the drain time, then offline
/// </code>
/// Offline waits for the clips that delivery has taken over, up to the drain time; a store that is away must not keep the stream from beginning again.
/// </remarks>
public sealed partial class StreamSession(StreamPlan plan, SessionPorts ports, SessionOptions options, SessionMeter meter, TimeProvider time, ILogger logger)
{
    private readonly EventOutlet _events = new(ports.Events, options, time, logger);
    private readonly PacketTape _tape = new(plan.Tape);

    /// <summary>Which session this is; null until the stream is open.</summary>
    public SessionIdentity? Identity { get; private set; }

    /// <summary>What the stream carries; empty until it is open.</summary>
    public IReadOnlyList<TrackFormat> Tracks { get; private set; } = [];

    /// <summary>What clips are cut from.</summary>
    public PacketTape Tape => _tape;

    /// <summary>Runs until the stream ends, breaks or is stopped; returns after the last clip and the last event.</summary>
    public async Task<SessionEnd> RunAsync(CancellationToken stop)
    {
        try
        {
            await using var input = await ports.Source.OpenAsync(plan, stop);
            return await LiveAsync(input, stop);
        }
        catch (StreamException error)
        {
            return new(error.Reason, error.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return SessionEnd.Stopped;
        }
    }

    private async Task<SessionEnd> LiveAsync(IStreamInput input, CancellationToken stop)
    {
        var session = SessionIdentity.Of(plan.Id, input.StartedAt, input.ClockSource);
        (Identity, Tracks) = (session, input.Tracks);
        using var scope = logger.BeginScope(new Dictionary<string, object> { ["Stream"] = plan.Id, ["Session"] = session.SessionId });

        var drops = new DroppedFrames(plan.Id, meter, time, logger);
        var frames = Channel.CreateBounded<SampledFrame>(
            new BoundedChannelOptions(options.FrameQueue) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true }, drops.Add);
        var clips = Channel.CreateBounded<PendingClip>(
            new BoundedChannelOptions(options.ClipQueue) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true, SingleWriter = true });

        using var reading = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var drain = new CancellationTokenSource();
        await using var drainTimer = time.CreateTimer(_ => drain.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var drainStart = stop.Register(() => drainTimer.Change(options.DrainTime, Timeout.InfiniteTimeSpan));

        await _events.PublishAsync(new StreamOnline(plan.Id, session.SessionId, time.GetUtcNow(), input.Tracks), drain.Token);
        LogOnline(plan.Id, session.SessionId, input.Tracks.Count);

        var finisher = new ClipFinisher(_tape, ports, _events, meter, time, logger);
        var read = ReadAsync(input, frames.Writer, reading.Token);
        var find = FindAsync(session, frames.Reader, clips.Writer, finisher, reading, drain.Token);
        var finish = FinishAsync(clips.Reader, finisher, drain.Token);
        await Task.WhenAll(read, find, finish);
        await finisher.ArrivedAsync(options.DrainTime, drain.Token);

        var (end, endedAt) = await read;
        end = await find ?? end;
        await _events.PublishAsync(new StreamOffline(plan.Id, session.SessionId, endedAt, end.Reason, end.Detail), drain.Token);
        LogOffline(plan.Id, session.SessionId, end.Reason, end.Detail);
        return end;
    }

    /// <summary>Stage 1. A broken source is an ending, not a fault of the other stages.</summary>
    private async Task<(SessionEnd End, DateTimeOffset At)> ReadAsync(IStreamInput input, ChannelWriter<SampledFrame> frames, CancellationToken stop)
    {
        try
        {
            await input.PumpAsync(_tape, frames, TimelinePlace.Start, stop);
            return (stop.IsCancellationRequested ? SessionEnd.Stopped : SessionEnd.Ended, time.GetUtcNow());
        }
        catch (StreamException error)
        {
            return (new(error.Reason, error.Message), time.GetUtcNow());
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return (SessionEnd.Stopped, time.GetUtcNow());
        }
        catch (Exception error)   // whatever else reading meets also ends this stream only, and its clips are still finished
        {
            LogFault(error, plan.Id, "reading", error.Message);
            return (new("fault", error.Message), time.GetUtcNow());
        }
        finally
        {
            _tape.Complete();
            frames.TryComplete();
        }
    }

    /// <summary>Stage 2. Returns why the session must end when the model fails; null when it did not.</summary>
    private async Task<SessionEnd?> FindAsync(
        SessionIdentity session, ChannelReader<SampledFrame> frames, ChannelWriter<PendingClip> clips, ClipFinisher finisher, CancellationTokenSource reading, CancellationToken giveUp)
    {
        var recorder = new HopRecorder(ports.Verdicts, session, ports.Finder.Model, plan.Queries, time);
        var tracker = new MomentTracker(plan.Queries, options.Tracker, recorder);
        var announcer = new ClipAnnouncer(new ClipPlanner(plan, session, ports.Finder.Model), _tape, _events, clips, finisher, meter, time, logger);
        try
        {
            var end = await LookAsync(frames, tracker, recorder, announcer, reading, giveUp);
            await TellAsync(tracker.Flush(), recorder, announcer, giveUp);
            return end;
        }
        finally
        {
            clips.TryComplete();
        }
    }

    private async Task<SessionEnd?> LookAsync(
        ChannelReader<SampledFrame> frames, MomentTracker tracker, HopRecorder recorder, ClipAnnouncer announcer, CancellationTokenSource reading, CancellationToken giveUp)
    {
        try
        {
            await using var search = ports.Finder.Begin(plan);
            await foreach (var frame in frames.ReadAllAsync(reading.Token))
            {
                using var shown = frame;
                announcer.Arrived(frame);
                await TellAsync(tracker.Observe(Judged(await search.PushAsync(frame, reading.Token))), recorder, announcer, giveUp);
            }
            await TellAsync(tracker.Observe(Judged(await search.FinishAsync(reading.Token))), recorder, announcer, giveUp);
            return null;
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error) when (!giveUp.IsCancellationRequested)
        {
            LogFault(error, plan.Id, "looking for moments", error.Message);
            await reading.CancelAsync();
            return new("finder", error.Message);
        }
    }

    private static async Task TellAsync(IReadOnlyList<Moment> moments, HopRecorder recorder, ClipAnnouncer announcer, CancellationToken giveUp)
    {
        await recorder.WriteAsync(giveUp);
        await announcer.AnnounceAsync(moments, giveUp);
    }

    private IReadOnlyList<WindowVerdict> Judged(IReadOnlyList<WindowVerdict> verdicts)
    {
        foreach (var verdict in verdicts)
        {
            meter.Judged(verdict, plan.Queries.First(query => query.Id == verdict.QueryId).Threshold);
            LogVerdict(plan.Id, verdict.QueryId, verdict.Window, verdict.Presence, verdict.Span, verdict.Answer);
        }
        return verdicts;
    }

    /// <summary>Stage 3. Never faults for a single clip.</summary>
    private static async Task FinishAsync(ChannelReader<PendingClip> clips, ClipFinisher finisher, CancellationToken giveUp)
    {
        await foreach (var clip in clips.ReadAllAsync(CancellationToken.None)) await finisher.FinishAsync(clip, giveUp);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: session {Session} is online with {Tracks} tracks")]
    private partial void LogOnline(string stream, string session, int tracks);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: session {Session} is offline ({Reason}): {Detail}")]
    private partial void LogOffline(string stream, string session, string reason, string detail);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Stream {Stream}: {Query} in {Window}: presence {Presence:0.00}, span {Span}, answer {Answer}")]
    private partial void LogVerdict(string stream, string query, TimeRange window, double presence, TimeRange? span, string answer);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream}: {Doing} failed and ends the session: {Reason}")]
    private partial void LogFault(Exception error, string stream, string doing, string reason);
}
