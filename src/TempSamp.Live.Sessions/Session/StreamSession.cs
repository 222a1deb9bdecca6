using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>The life of one stream from connecting to its end, over short drops of its source.</summary>
/// <remarks>
/// <code>
///   open ── online ──┬─ read   packets ──> timeline ──> tape, frames ──> [frames: full drops oldest]
///                    │           └─ lost ──> opened again within the outage ──> a gap, and on
///                    ├─ find   [frames] ──> verdicts ──> settled moments ──> detected ──> [clips: full waits]
///                    └─ finish [clips] ──> cut from the tape ──> handed over to delivery, or failed
///   the source ends or stays away: what was read is still judged, every announced clip is finished, then offline
///   the stream is stopped:         judging stops, announced clips get the drain time, then offline
/// </code>
/// A source that says farewell ends its session at once; one that is lost may come back. Offline waits for the clips that delivery has taken over, up to
/// the drain time; a store that is away must not keep the stream from beginning again.
/// </remarks>
public sealed partial class StreamSession(LivePlan live, SessionPorts ports, SessionOptions options, SessionMeter meter, TimeProvider time, ILogger logger)
{
    private readonly EventOutlet _events = new(ports.Events, options, time, logger);
    private readonly PacketTape _tape = new(live.Current.Tape);
    private readonly Outage _outage = new();
    private readonly Lock _watching = new();
    private volatile SessionTimeline? _timeline;
    private IStreamInput? _input;
    private bool _isWatched;

    private StreamPlan Plan => live.Current;

    /// <summary>Which session this is; null until the stream is open.</summary>
    public SessionIdentity? Identity { get; private set; }

    /// <summary>What the stream carries; empty until it is open.</summary>
    public IReadOnlyList<TrackFormat> Tracks { get; private set; } = [];

    /// <summary>What clips are cut from.</summary>
    public PacketTape Tape => _tape;

    /// <summary>What the session's time is made up of; null before its first packet.</summary>
    public TimelineAccount? Timeline => _timeline?.Account;

    /// <summary>How the source was lost that the session waits for; null while it is there.</summary>
    public SessionEnd? Lost { get; private set; }

    /// <summary>Runs until the stream ends, stays away or is stopped; returns after the last clip and the last event.</summary>
    public async Task<SessionEnd> RunAsync(CancellationToken stop)
    {
        try
        {
            var input = await ports.Source.OpenAsync(Plan, stop);
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
        var session = SessionIdentity.Of(Plan.Id, input.StartedAt, input.ClockSource);
        _timeline = new SessionTimeline(_tape, input, time);
        (Identity, Tracks, _isWatched) = (session, input.Tracks, !Plan.StandsBy);
        var folder = Spill(session);
        using var scope = logger.BeginScope(new Dictionary<string, object> { ["Stream"] = Plan.Id, ["Session"] = session.SessionId });

        var drops = new DroppedFrames(Plan.Id, meter, time, logger);
        var frames = Channel.CreateBounded<SampledFrame>(
            new BoundedChannelOptions(options.FrameQueue) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true }, drops.Add);
        var clips = Channel.CreateBounded<PendingClip>(
            new BoundedChannelOptions(options.ClipQueue) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true, SingleWriter = true });

        using var reading = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var drain = new CancellationTokenSource();
        await using var drainTimer = time.CreateTimer(_ => drain.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var drainStart = stop.Register(() => drainTimer.Change(options.DrainTime, Timeout.InfiniteTimeSpan));

        try
        {
            await _events.PublishAsync(new StreamOnline(Plan.Id, session.SessionId, time.GetUtcNow(), input.Tracks), drain.Token);
        }
        catch
        {
            await input.DisposeAsync();
            throw;
        }
        LogOnline(Plan.Id, session.SessionId, input.Tracks.Count);

        var finisher = new ClipFinisher(_tape, folder, ports, _events, meter, time, logger);
        var announcer = new ClipAnnouncer(new ClipPlanner(Plan, session, ports.Finder.Model), _tape, folder, _timeline, _events, clips.Writer, finisher, meter, time, logger);
        var finder = new MomentLoop(live, ports, options, session, _timeline, _outage, Attend, announcer, meter, time, logger);
        var read = ReadAsync(input, _timeline, frames.Writer, reading.Token);
        var find = FindAsync(finder, frames.Reader, clips.Writer, reading, drain.Token);
        var finish = FinishAsync(clips.Reader, finisher, drain.Token);
        await Task.WhenAll(read, find, finish);
        await finisher.ArrivedAsync(options.DrainTime, drain.Token);

        var (end, endedAt) = await read;
        end = await find ?? end;
        await _events.PublishAsync(new StreamOffline(Plan.Id, session.SessionId, endedAt, end.Reason, end.Detail, Timeline), drain.Token);
        LogOffline(Plan.Id, session.SessionId, end.Reason, end.Detail);
        folder?.Delete();
        return end;
    }

    // A tape that cannot be written is still a tape.
    private TapeFolder? Spill(SessionIdentity session)
    {
        if (Plan.Tape.SpillDirectory is not { } spill) return null;
        try
        {
            var folder = TapeFolder.Create(spill, session);
            _tape.SpillTo(folder);
            return folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNoSpill(error, Plan.Id, spill, error.Message);
            return null;
        }
    }

    /// <summary>Stage 1: input after input onto one timeline.</summary>
    private async Task<(SessionEnd End, DateTimeOffset At)> ReadAsync(IStreamInput input, SessionTimeline timeline, ChannelWriter<SampledFrame> frames, CancellationToken stop)
    {
        var reconnect = new Reconnect(Plan, ports.Source, options, time, logger);
        string? bookmark = null;
        try
        {
            for (var place = TimelinePlace.Start; ; place = timeline.Next(input))
            {
                var began = time.GetTimestamp();
                var end = await PumpAsync(input, timeline, frames, place, stop);
                var lostAt = time.GetUtcNow();
                bookmark = input.Bookmark ?? bookmark;
                if (!reconnect.IsWorthwhile(end, input.IsLive && !Plan.IsFile)) return (end, lostAt);

                Lost = end;
                await using (time.CreateTimer(_ => GiveOut(), null, options.BridgeGap, Timeout.InfiniteTimeSpan))
                {
                    var (opened, said) = await reconnect.OpenAsync(end, time.GetElapsedTime(began), bookmark, stop);
                    if (opened is null) return (said, lostAt);
                    input = opened;
                }
                Lost = null;
                _outage.End();
                LogBack(Plan.Id, (time.GetUtcNow() - lostAt).TotalSeconds, timeline.Next(input).At);
            }
        }
        finally
        {
            _tape.Complete();
            frames.TryComplete();
        }
    }

    /// <summary>Reads one input and closes it. A broken source is an ending, not a fault of the other stages.</summary>
    private async Task<SessionEnd> PumpAsync(IStreamInput input, SessionTimeline timeline, ChannelWriter<SampledFrame> frames, TimelinePlace from, CancellationToken stop)
    {
        await using var open = input;
        lock (_watching) (_input = input).Attend(_isWatched);
        try
        {
            await input.PumpAsync(timeline, frames, from, stop);
            return stop.IsCancellationRequested ? SessionEnd.Stopped : SessionEnd.Ended;
        }
        catch (StreamException error)
        {
            return new(error.Reason, error.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return SessionEnd.Stopped;
        }
        catch (Exception error)   // whatever else reading meets also ends this stream only, and its clips are still finished
        {
            LogFault(error, Plan.Id, "reading", error.Message);
            return new("fault", error.Message);
        }
    }

    private void Attend(bool isWatched)
    {
        lock (_watching)
        {
            _isWatched = isWatched;
            _input?.Attend(isWatched);
        }
    }

    // The source is away too long to be bridged: moments settle on what was seen, clips are cut from what there is.
    private void GiveOut()
    {
        _outage.Begin();
        _tape.Pause();
    }

    /// <summary>Stage 2. Returns why the session must end when the model fails; null when it did not.</summary>
    private async Task<SessionEnd?> FindAsync(MomentLoop finder, ChannelReader<SampledFrame> frames, ChannelWriter<PendingClip> clips, CancellationTokenSource reading, CancellationToken giveUp)
    {
        try
        {
            await finder.RunAsync(frames, reading.Token, giveUp);
            return null;
        }
        catch (FinderException error)
        {
            LogFault(error.InnerException!, Plan.Id, "looking for moments", error.Message);
            await reading.CancelAsync();
            return new("finder", error.Message);
        }
        finally
        {
            clips.TryComplete();
        }
    }

    /// <summary>Stage 3. Never faults for a single clip.</summary>
    private static async Task FinishAsync(ChannelReader<PendingClip> clips, ClipFinisher finisher, CancellationToken giveUp)
    {
        await foreach (var clip in clips.ReadAllAsync(CancellationToken.None)) await finisher.FinishAsync(clip, giveUp);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: session {Session} is online with {Tracks} tracks")]
    private partial void LogOnline(string stream, string session, int tracks);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream}: its tape cannot be written to {Folder} and is in memory only: {Reason}")]
    private partial void LogNoSpill(Exception error, string stream, string folder, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: back after {Seconds:0.0} s, the session goes on at {At}")]
    private partial void LogBack(string stream, double seconds, MediaTime at);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: session {Session} is offline ({Reason}): {Detail}")]
    private partial void LogOffline(string stream, string session, string reason, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream}: {Doing} failed and ends the session: {Reason}")]
    private partial void LogFault(Exception error, string stream, string doing, string reason);
}
