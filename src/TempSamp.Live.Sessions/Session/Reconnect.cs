using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>Opens a source that was lost again and again until it is back, for as long as its session waits. Used by the reading loop only.</summary>
/// <remarks>Tries at once, then after jittered waits that double up to a bound of seconds, so that a source that is back is read within three.</remarks>
internal sealed partial class Reconnect(StreamPlan plan, IStreamSource source, SessionOptions options, TimeProvider time, ILogger logger)
{
    private const double Spread = 0.2;
    private int _failures;

    /// <summary>Whether a session waits for a source that ended so.</summary>
    public bool IsWorthwhile(SessionEnd end, bool isLive) =>
        isLive && options.Outage > TimeSpan.Zero && end.Reason is not ("stopped" or "ended" or "forbidden" or "invalid" or "quarantined" or "fault");

    /// <summary>The source opened anew; null when it did not come back in time, with what it said last.</summary>
    /// <param name="end">How it was lost.</param>
    /// <param name="lasted">How long it had been open.</param>
    /// <param name="bookmark">How far it was read.</param>
    /// <param name="stop">Gives up waiting.</param>
    public async Task<(IStreamInput? Input, SessionEnd End)> OpenAsync(SessionEnd end, TimeSpan lasted, string? bookmark, CancellationToken stop)
    {
        if (lasted > options.ReconnectMost) _failures = 0;
        LogLost(plan.Id, end.Reason, options.Outage, end.Detail);
        using var limit = new CancellationTokenSource(options.Outage, time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            while (true)
            {
                var delay = Delay(_failures++);
                if (delay > TimeSpan.Zero) await Task.Delay(delay, time, waiting.Token);
                try
                {
                    return (await source.OpenAgainAsync(plan, bookmark, waiting.Token), end);
                }
                catch (StreamException error)
                {
                    var said = new SessionEnd(error.Reason, error.Message);
                    if (!IsWorthwhile(said, isLive: true)) return (null, said);
                }
            }
        }
        catch (OperationCanceledException) when (waiting.IsCancellationRequested)
        {
            return (null, stop.IsCancellationRequested ? SessionEnd.Stopped : end);
        }
    }

    private TimeSpan Delay(int failures)
    {
        if (failures == 0) return TimeSpan.Zero;
        var delay = options.ReconnectFirst * Math.Pow(2, Math.Min(failures - 1, 20));
        return (delay < options.ReconnectMost ? delay : options.ReconnectMost) * (1 - Spread + (Spread * Random.Shared.NextDouble()));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stream {Stream}: lost ({Reason}), its session waits {Outage} for it: {Detail}")]
    private partial void LogLost(string stream, string reason, TimeSpan outage, string detail);
}
