using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Empties the outbox into one channel: a lane for each stream that has something to send, one event of a lane at a time, so that order holds.</summary>
/// <remarks>
/// <code>
///   lane of a stream:  oldest unconfirmed row ──> wait for its time ──> send ──┬─ confirmed: delete the row ──> next
///                                                                              ├─ refused: write down when to try again ──> same
///                                                                              └─ will never be taken, or too old: dead letter ──> next
/// </code>
/// A lane ends when its stream has nothing more, or is another worker's by now. The outbox is the queue, so memory holds one event a lane whatever waits behind it.
/// </remarks>
internal sealed partial class OutboxPump : IAsyncDisposable
{
    private readonly StateDatabase _state;
    private readonly EventSignal _signal;
    private readonly IEventChannel _channel;
    private readonly IPublishFence _fence;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, Lane> _lanes = [];
    private readonly CancellationTokenSource _stop = new();

    public OutboxPump(StateDatabase state, EventSignal signal, IEventChannel channel, IPublishFence fence, TimeProvider time, ILogger logger) =>
        (_state, _signal, _channel, _fence, _time, _logger) = (state, signal, channel, fence, time, logger);

    /// <summary>Why the channel does not take events at the moment; null while it does.</summary>
    public string? Trouble => _lanes.Values.Select(lane => lane.Trouble).FirstOrDefault(trouble => trouble is not null);

    /// <summary>The channel.</summary>
    public IEventChannel Channel => _channel;

    /// <summary>Begins with what is there.</summary>
    public void Start()
    {
        _signal.Streams += Wake;
        _fence.Changed += WakeAll;
        WakeAll();
    }

    /// <summary>Looks at a stream again; a lane that runs already looks once more before it ends.</summary>
    public void Wake(string stream)
    {
        var lane = _lanes.GetOrAdd(stream, _ => new());
        if (Interlocked.Increment(ref lane.Wakes) == 1) lane.Running = Task.Run(() => RunAsync(stream, lane));
    }

    /// <summary>Waits until everything is confirmed that may be sent from here.</summary>
    public async Task DrainAsync(CancellationToken giveUp)
    {
        foreach (var lane in _lanes.Values) await lane.Running.WaitAsync(giveUp);
    }

    /// <summary>Stops sending; what is not confirmed stays in the outbox.</summary>
    public async Task StopAsync()
    {
        _signal.Streams -= Wake;
        _fence.Changed -= WakeAll;
        await _stop.CancelAsync();
        await Task.WhenAll(_lanes.Values.Select(lane => lane.Running));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested) await StopAsync();
        await _channel.DisposeAsync();
        _stop.Dispose();
    }

    private void WakeAll()
    {
        foreach (var stream in _state.Read(db => EventTable.PendingStreams(db, _channel.Name))) Wake(stream);
    }

    private bool MaySend(string stream) => _channel.IsLocal || _fence.Of(stream).IsHeld;

    private async Task RunAsync(string stream, Lane lane)
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref lane.Wakes);
            try
            {
                while (MaySend(stream) && _state.Read(db => EventTable.Next(db, _channel.Name, stream)) is { } pending) await DeliverAsync(pending, lane);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is IOException or SqliteException)   // the state cannot be read or written: the row is still there
            {
                lane.Trouble = error.Message;
                LogState(error, _channel.Name, stream, error.Message);
                if (!await WaitAsync(_channel.Pace.First)) return;
                Wake(stream);
            }
        }
        while (Interlocked.Add(ref lane.Wakes, -seen) > 0);
    }

    private async Task DeliverAsync(PendingEvent pending, Lane lane)
    {
        var wait = pending.NextAt - _time.GetUtcNow();
        if (wait > TimeSpan.Zero) await Task.Delay(wait < _channel.Pace.Most ? wait : _channel.Pace.Most, _time, _stop.Token);   // a clock set back must not hold events for long
        var told = pending.Told;
        if (!MaySend(told.StreamId)) return;   // it was lost while the event waited for its time
        using var span = LiveTelemetry.Step("clip.publish", told.Trace, told.Subject, ActivityKind.Producer);
        span?.SetTag("channel", _channel.Name).SetTag("event", told.Id);
        try
        {
            await _channel.SendAsync(pending, _stop.Token);
        }
        catch (Exception error) when (error is not OperationCanceledException || !_stop.IsCancellationRequested)   // whatever a channel meets, the event stays
        {
            await RefusedAsync(pending, lane, error as ChannelException ?? new ChannelException(error.Message, inner: error));
            return;
        }
        await _state.WriteAsync(db => EventTable.Confirm(db, _channel.Name, told, _time.GetUtcNow()));
        if (lane.Trouble is not null) LogRecovered(_channel.Name, told.StreamId);
        lane.Trouble = null;
    }

    private async Task RefusedAsync(PendingEvent pending, Lane lane, ChannelException refused)
    {
        var (told, now, attempts) = (pending.Told, _time.GetUtcNow(), pending.Attempts + 1);
        if (refused.IsFinal || now - told.At > _channel.Pace.GiveUpAfter)
        {
            lane.Trouble = null;
            LogBuried(refused, _channel.Name, told.Id, attempts, refused.Message);
            await _state.WriteAsync(db => EventTable.Bury(db, _channel.Name, told, attempts, refused.Message, now));
            return;
        }
        var next = now + _channel.Pace.After(attempts);
        lane.Trouble = refused.Message;
        LogRefused(refused, _channel.Name, told.Id, attempts, next, refused.Message);
        await _state.WriteAsync(db => EventTable.Postpone(db, _channel.Name, told, attempts, next, refused.Message));
    }

    private async Task<bool> WaitAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, _time, _stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private sealed class Lane
    {
        public int Wakes;

        public Task Running = Task.CompletedTask;

        public string? Trouble;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Channel {Channel} did not take event {Id}, attempt {Attempt}; tried again at {Next:HH:mm:ss}: {Reason}")]
    private partial void LogRefused(Exception error, string channel, string id, int attempt, DateTimeOffset next, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Channel {Channel} will not take event {Id} after {Attempts} attempts; it is a dead letter now: {Reason}")]
    private partial void LogBuried(Exception error, string channel, string id, int attempts, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Channel {Channel}: the outbox of stream {Stream} cannot be used and is tried again: {Reason}")]
    private partial void LogState(Exception error, string channel, string stream, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Channel {Channel} takes events of stream {Stream} again")]
    private partial void LogRecovered(string channel, string stream);
}
