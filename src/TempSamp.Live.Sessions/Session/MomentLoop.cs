using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>The model failed: the session cannot go on.</summary>
internal sealed class FinderException(Exception inner) : Exception(inner.Message, inner);

/// <summary>The finding stage: frames to verdicts to settled moments.</summary>
/// <remarks>
/// A search sees every slot of the grid. Slots that are missing for less than <see cref="SessionOptions.BridgeGap"/> show the frame before them; over a
/// longer hole, and over a gap in the video that held frames only paper over, nothing is looked at: the search ends there, what it found settles, and a
/// new one begins behind. So no window and no moment spans a gap. Changed queries are taken over between two windows: what was asked before is answered and
/// settled as the old ones, and nothing that was read is read again. While there are no queries nothing is looked at, and the input is told so.
/// </remarks>
internal sealed partial class MomentLoop
{
    private const int SlotsPerSecond = 2;

    private readonly LivePlan _wanted;
    private readonly IMomentFinder _finder;
    private readonly SessionTimeline _timeline;
    private readonly Outage _outage;
    private readonly ClipAnnouncer _announcer;
    private readonly SessionMeter _meter;
    private readonly ILogger _logger;
    private readonly Action<bool> _attend;
    private readonly HopRecorder _recorder;
    private readonly MomentTracker _tracker;
    private readonly MediaTime _bridgedGap;
    private readonly long _bridged;
    private StreamPlan _plan;
    private StreamPlan? _refused;
    private IMomentSearch? _search;
    private SampledFrame? _last;

    public MomentLoop(
        LivePlan plan, SessionPorts ports, SessionOptions options, SessionIdentity session, SessionTimeline timeline, Outage outage, Action<bool> attend, ClipAnnouncer announcer,
        SessionMeter meter, TimeProvider time, ILogger logger)
    {
        (_wanted, _plan, _finder, _timeline, _outage, _attend, _announcer, _meter, _logger) = (plan, plan.Current, ports.Finder, timeline, outage, attend, announcer, meter, logger);
        _recorder = new(ports.Verdicts, session, ports.Finder.Model, _plan.Queries, time);
        _tracker = new(_plan.Queries, options.Tracker, _recorder);
        (_bridgedGap, _bridged) = (MediaTime.From(options.BridgeGap), (long)(options.BridgeGap.TotalSeconds * SlotsPerSecond));
    }

    /// <summary>Looks at frames until they end or <paramref name="stop"/>; then settles what is open.</summary>
    /// <exception cref="FinderException">The model failed.</exception>
    public async Task RunAsync(ChannelReader<SampledFrame> frames, CancellationToken stop, CancellationToken giveUp)
    {
        Exception? fault = null;
        try
        {
            await LookAsync(frames, stop, giveUp);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Judging stops; what is settled is still told below.
        }
        catch (Exception error) when (!giveUp.IsCancellationRequested)
        {
            fault = error;
        }
        finally
        {
            if (_search is not null) await _search.DisposeAsync();
            _last?.Dispose();
        }
        await TellAsync(_tracker.Flush(), giveUp);
        if (fault is not null) throw new FinderException(fault);
    }

    private async Task LookAsync(ChannelReader<SampledFrame> frames, CancellationToken stop, CancellationToken giveUp)
    {
        while (await IsMoreAsync(frames, stop, giveUp))
        {
            while (frames.TryRead(out var frame))
            {
                if (_timeline.GapAt(frame.At) is { } gap && gap.Length > _bridgedGap)
                {
                    frame.Dispose();
                    continue;
                }
                _announcer.Arrived(frame);
                await BridgeAsync(frame, stop, giveUp);
                _last?.Dispose();
                _last = frame;
                await PushAsync(frame, stop, giveUp);
            }
        }
        await EndSearchAsync(stop, giveUp);
    }

    // Waits for frames; while the source is away, what was seen before is settled.
    private async Task<bool> IsMoreAsync(ChannelReader<SampledFrame> frames, CancellationToken stop, CancellationToken giveUp)
    {
        var more = frames.WaitToReadAsync(stop).AsTask();
        if (!more.IsCompleted && _search is not null && await Task.WhenAny(more, _outage.Begun) != more) await EndSearchAsync(stop, giveUp);
        return await more;
    }

    private async Task BridgeAsync(SampledFrame frame, CancellationToken stop, CancellationToken giveUp)
    {
        if (_last is not { } last || _search is null) return;
        var missing = frame.Slot - last.Slot - 1;
        if (missing > _bridged) await EndSearchAsync(stop, giveUp);
        else
            for (var slot = last.Slot + 1; slot < frame.Slot; slot++)
                await PushAsync(last with { Slot = slot, At = MediaTime.FromSeconds((double)slot / SlotsPerSecond) }, stop, giveUp);
    }

    private async Task PushAsync(SampledFrame frame, CancellationToken stop, CancellationToken giveUp)
    {
        if (_wanted.Current is var wanted && wanted != _plan && wanted != _refused) await ChangeAsync(wanted, frame.At, stop, giveUp);
        if (_plan.StandsBy) return;
        _search ??= _finder.Begin(_plan);
        await ObserveAsync(await _search.PushAsync(frame, stop), giveUp);
        foreach (var note in _search.TakeNotes()) _timeline.Note(note);
    }

    private async Task ChangeAsync(StreamPlan wanted, MediaTime at, CancellationToken stop, CancellationToken giveUp)
    {
        if (wanted.StandsBy)
        {
            await EndSearchAsync(stop, giveUp);
        }
        else if (_search is not null)
        {
            IReadOnlyList<WindowVerdict> last;
            try
            {
                last = await _search.ChangeAsync(wanted.Queries, stop);
            }
            catch (Exception error) when (!stop.IsCancellationRequested && !giveUp.IsCancellationRequested)   // the search goes on as it was, and so does the stream
            {
                _refused = wanted;
                _timeline.Note(new("queries-refused", at, error.Message));
                LogRefused(error, _plan.Id, error.Message);
                return;
            }
            await ObserveAsync(last, giveUp);
        }
        await TellAsync(_tracker.Change(wanted.Queries), giveUp);
        _recorder.Change(wanted.Queries);
        _announcer.Change(wanted);
        _plan = wanted;
        _attend(!wanted.StandsBy);
        _timeline.Note(new("queries", at, $"From here on {(wanted.StandsBy ? "nothing is" : $"{string.Join(", ", wanted.Queries.Select(query => query.Id))} are")} looked for."));
        LogChanged(_plan.Id, wanted.Queries.Count, at);
    }

    private async Task EndSearchAsync(CancellationToken stop, CancellationToken giveUp)
    {
        if (_search is null) return;
        await ObserveAsync(await _search.FinishAsync(stop), giveUp);
        await _search.DisposeAsync();
        _search = null;
        await TellAsync(_tracker.Flush(), giveUp);
    }

    private Task ObserveAsync(IReadOnlyList<WindowVerdict> verdicts, CancellationToken giveUp)
    {
        foreach (var verdict in verdicts)
        {
            _meter.Judged(verdict, _plan.Queries.First(query => query.Id == verdict.QueryId).Threshold);
            LogVerdict(_plan.Id, verdict.QueryId, verdict.Window, verdict.Presence, verdict.Span, verdict.Answer);
        }
        return TellAsync(_tracker.Observe(verdicts), giveUp);
    }

    private async Task TellAsync(IReadOnlyList<Moment> moments, CancellationToken giveUp)
    {
        await _recorder.WriteAsync(giveUp);
        await _announcer.AnnounceAsync(moments, giveUp);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: its {Queries} queries are new from {At} on")]
    private partial void LogChanged(string stream, int queries, MediaTime at);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream}: its changed queries cannot be asked, the old ones go on: {Reason}")]
    private partial void LogRefused(Exception error, string stream, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Stream {Stream}: {Query} in {Window}: presence {Presence:0.00}, span {Span}, answer {Answer}")]
    private partial void LogVerdict(string stream, string query, TimeRange window, double presence, TimeRange? span, string answer);
}
