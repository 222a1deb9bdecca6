using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>Keeps one stream alive: runs session after session and decides when to try again. A stream's fault ends here.</summary>
public sealed partial class SessionSupervisor(StreamPlan plan, SessionPorts ports, SessionOptions options, RetryPolicy retry, TimeProvider time, ILogger<SessionSupervisor> logger)
{
    private readonly LivePlan _plan = new(plan);
    private readonly SessionMeter _meter = new();
    private volatile StreamSession? _session;
    private volatile SessionEnd? _lastEnd;
    private volatile bool _isAttempting;
    private volatile bool _isStopping;
    private volatile Pause? _pause;
    private int _sessions;

    /// <summary>The newest verdicts of the stream, also the refused ones.</summary>
    public IReadOnlyList<WindowVerdict> RecentVerdicts => _meter.RecentVerdicts;

    /// <summary>Looks for other queries from the next window on; the session goes on, and no frame is dropped.</summary>
    public void Change(IReadOnlyList<HighlightQuery> queries) => _plan.Current = Plan with { Queries = queries };

    private StreamPlan Plan => _plan.Current;

    /// <summary>Runs until the stream is over for good or stopped. Never throws.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var stopping = stop.Register(() => _isStopping = true);
        for (var failures = 1; ; failures++)
        {
            var began = time.GetTimestamp();
            var end = await AttemptAsync(stop);
            if (time.GetElapsedTime(began) >= options.StableAfter) failures = 1;
            if (stop.IsCancellationRequested || retry.DelayAfter(Plan, end.Reason, failures) is not { } delay) return;

            LogRetry(Plan.Id, delay.TotalSeconds, end.Reason, end.Detail);
            _pause = new(time.GetUtcNow() + delay);
            if (!await WaitAsync(delay, stop)) return;
            _pause = null;
        }
    }

    /// <summary>The stream now.</summary>
    public SessionStatus Status(IReadOnlyList<string> errors)
    {
        var (session, pause) = (_session, _pause);
        var identity = session?.Identity;
        var isOnline = _isAttempting && identity is not null;
        var state = (_isAttempting, _isStopping, pause) switch
        {
            (true, true, _) => SessionState.Draining,
            (true, false, _) when isOnline && session?.Lost is not null => SessionState.Interrupted,
            (true, false, _) => isOnline ? SessionState.Online : SessionState.Connecting,
            (false, false, not null) => SessionState.Waiting,
            (false, false, null) when _lastEnd is null => SessionState.Connecting,
            _ => SessionState.Ended,
        };
        return new(Plan.Id, StreamPlanner.Redact(Plan.Url), state, identity?.SessionId, identity?.StartedAt, identity?.ClockSource, _sessions + (isOnline ? 1 : 0), _lastEnd,
            pause?.Until, session?.Tracks ?? [], session?.Tape.Status, session?.Timeline, _meter.Counts, session?.Tape.Notes ?? [], errors);
    }

    private async Task<SessionEnd> AttemptAsync(CancellationToken stop)
    {
        var session = new StreamSession(_plan, ports, options, _meter, time, logger);
        (_session, _isAttempting) = (session, true);
        try
        {
            return _lastEnd = await session.RunAsync(stop);
        }
        catch (Exception error)
        {
            LogFault(error, Plan.Id, error.Message);
            return _lastEnd = new("fault", error.Message);
        }
        finally
        {
            if (session.Identity is not null) _sessions++;
            _isAttempting = false;
        }
    }

    private async Task<bool> WaitAsync(TimeSpan delay, CancellationToken stop)
    {
        try
        {
            await Task.Delay(delay, time, stop);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private sealed record Pause(DateTimeOffset Until);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stream {Stream}: tried again in {Seconds:0.0} s ({Reason}): {Detail}")]
    private partial void LogRetry(string stream, double seconds, string reason, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream}: the session failed: {Detail}")]
    private partial void LogFault(Exception error, string stream, string detail);
}
