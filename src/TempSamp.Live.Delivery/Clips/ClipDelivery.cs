using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Brings clips from the cutter to the store, one committed step after the other, for as long as it takes.</summary>
/// <remarks>
/// <code>
///   cut clip ── hash, flush, rename in the spool ── [cut] ── put each file, the sidecar last ── [stored] ── look: size and hash ── [verified] + ready event
///                                                     ^                                          │
///                                                     ├── the store is away: wait, longer each time, go on with what it does not hold yet
///                                                     └── it holds something else: store it again
/// </code>
/// Each journey reads where it is from the state, so a crash at any place is continued by beginning again.
/// </remarks>
internal sealed partial class ClipDelivery : IClipDelivery, IDisposable
{
    private readonly StateDatabase _state;
    private readonly IClipStore _store;
    private readonly IClipEvents _events;
    private readonly Spool _spool;
    private readonly RetryPace _pace;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentDictionary<string, Lazy<Task<StoredClip>>> _journeys = [];
    private readonly ConcurrentDictionary<string, string> _troubles = [];
    private readonly CancellationTokenSource _stop = new();

    public ClipDelivery(StateDatabase state, IClipStore store, IClipEvents events, Spool spool, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<ClipDelivery> logger)
    {
        (_state, _store, _events, _spool, _time, _logger) = (state, store, events, spool, time, logger);
        _slots = new(options.Value.Parallel);
        _pace = RetryPace.Of(options.Value);
    }

    /// <summary>Why clips do not get on at the moment; null while they do.</summary>
    public string? Trouble => _troubles.Values.FirstOrDefault();

    /// <summary>Clips on their way.</summary>
    public int OnTheWay => _journeys.Count;

    /// <inheritdoc/>
    public string SpoolPath(ClipPlan plan) => _spool.CutPath(plan);

    /// <inheritdoc/>
    public async Task<ClipHandover> HandOverAsync(ClipPlan plan, ClipFile file, CancellationToken cancel)
    {
        var row = _state.Read(db => ClipTable.Find(db, plan.Id)) ?? throw new ClipException($"clip {plan.Id} was never announced; publish that it was detected first", "fault");
        if (row.State == ClipState.Settled)
        {
            var unit = await _spool.TakeAsync(plan, file, cancel);
            await _state.WriteAsync(db => ClipTable.Cut(db, plan.Id, unit, _time.GetUtcNow()));
        }
        else
        {
            _spool.Discard(plan);   // it was handed over before
        }
        return new(Follow(plan.Id));
    }

    /// <summary>Goes on with a clip whose state is in the database. A clip has one journey at a time.</summary>
    public Task<StoredClip> Follow(string id) => _journeys.GetOrAdd(id, _ => new(() => Task.Run(() => TravelAsync(id)))).Value;

    /// <summary>Gives up a clip that waits: it fails with a reason, and nothing of it stays.</summary>
    public Task GiveUpAsync(ClipRow row, string reason, string detail) => FailAsync(row, reason, detail);

    /// <summary>Waits until no clip is on its way.</summary>
    public Task DrainAsync(CancellationToken giveUp) => Task.WhenAll(_journeys.Values.Select(journey => EndOf(journey.Value))).WaitAsync(giveUp);

    /// <summary>Stops every journey where it is.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await DrainAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _slots.Dispose();
    }

    private static async Task EndOf(Task journey) => await journey.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<StoredClip> TravelAsync(string id)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                if (await TryAsync(id, attempt) is { } stored) return stored;
                await Task.Delay(_pace.After(attempt), _time, _stop.Token);
            }
        }
        finally
        {
            _troubles.TryRemove(id, out _);
            _journeys.TryRemove(id, out _);
        }
    }

    private async Task<StoredClip?> TryAsync(string id, int attempt)
    {
        await _slots.WaitAsync(_stop.Token);
        try
        {
            var stored = await AdvanceAsync(id, attempt > 1);
            if (_troubles.ContainsKey(id)) LogRecovered(_store.Name, id);
            return stored;
        }
        catch (Exception error) when (error is not ClipException && !_stop.IsCancellationRequested)   // whatever a store or the disk meets, the clip stays in the spool
        {
            _troubles[id] = error.Message;
            LogRefused(error, id, attempt, _pace.After(attempt), error.Message);
            return null;
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<StoredClip> AdvanceAsync(string id, bool isAgain)
    {
        while (true)
        {
            var row = _state.Read(db => ClipTable.Find(db, id))!;
            switch (row.State)
            {
                case ClipState.Cut: await StoreAsync(row, isAgain); break;
                case ClipState.Stored: await VerifyAsync(row); break;
                case ClipState.Failed: throw new ClipException(row.Detail!, row.Reason!);
                default: return StoredClips.Of(row.Plan, row.Cut!, row.Stored!);
            }
        }
    }

    private async Task StoreAsync(ClipRow row, bool isAgain)
    {
        using var span = LiveTelemetry.Step("clip.store", row.Trace, row.Plan.Id, ActivityKind.Client);
        var (plan, unit, files) = (row.Plan, row.Cut!, new List<StoredFile>());
        foreach (var file in unit.Files) files.Add(await PutAsync(plan, file, isAgain));
        var sidecar = ClipSidecar.Write(EventPayloads.Of(StoredClips.Of(plan, unit, new(files)), latency: null));
        files.Add(await PutAsync(plan, await _spool.AddAsync(plan, "sidecar", plan.Id + ".json", "application/json", sidecar, _stop.Token), isAgain: false));
        await _state.WriteAsync(db => ClipTable.Store(db, plan.Id, new(files), _time.GetUtcNow()));
    }

    /// <summary>Puts one file, unless an attempt before this one did.</summary>
    private async Task<StoredFile> PutAsync(ClipPlan plan, UnitFile file, bool isAgain)
    {
        var stored = new StoredFile(file.Role, _store.UriOf(plan, file.Name), file.Bytes, file.Sha256, file.ETag) { Md5 = file.Md5 };
        if (!isAgain || await _store.CheckAsync(stored, _stop.Token) is not null) await _store.PutAsync(plan, file, _spool.PathOf(plan, file.Name), _stop.Token);
        return stored;
    }

    private async Task VerifyAsync(ClipRow row)
    {
        var plan = row.Plan;
        using var span = LiveTelemetry.Step("clip.verify", row.Trace, plan.Id, ActivityKind.Client);
        foreach (var file in row.Stored!.Files)
        {
            if (await _store.CheckAsync(file, _stop.Token) is not { } wrong) continue;
            if (await CannotRepeatAsync(row) is { } reason)
            {
                await FailAsync(row, reason, $"clip {plan.Id}: {wrong}; it cannot be stored again, because the spool no longer holds what was cut");
                return;
            }
            await _state.WriteAsync(db => ClipTable.Doubt(db, plan.Id, _time.GetUtcNow()));
            throw new StoreException($"clip {plan.Id}: {wrong}; it is stored again", "refused");
        }
        var now = _time.GetUtcNow();
        var stored = StoredClips.Of(plan, row.Cut!, row.Stored);
        await _events.PublishAsync(new ClipReady(stored, row.OutPointToDetected, now - row.SettledAt, now), _stop.Token);
        _spool.Remove(plan);
        LogReady(plan.Id, stored.Uri, stored.Bytes);
    }

    private async Task<string?> CannotRepeatAsync(ClipRow row)
    {
        foreach (var file in row.Cut!.Files)
            if (await _spool.HoldsAsync(row.Plan, file, _stop.Token) is not true and var held) return held is null ? "store-failed" : "spool-damaged";
        return null;
    }

    private async Task FailAsync(ClipRow row, string reason, string detail)
    {
        LogFailed(row.Plan.StreamId, row.Plan.Id, reason, detail);
        await _events.PublishAsync(new ClipFailed(row.Plan, reason, detail, _time.GetUtcNow()), _stop.Token);
        _spool.Remove(row.Plan);
        try
        {
            foreach (var name in row.Cut!.Files.Select(file => file.Name).Append(row.Plan.Id + ".json")) await _store.RemoveAsync(_store.UriOf(row.Plan, name), _stop.Token);
        }
        catch (StoreException error)
        {
            LogLeft(error, row.Plan.Id, error.Message);   // reconciliation removes it
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Clip {Clip} is ready at {Uri}, {Bytes} bytes")]
    private partial void LogReady(string clip, string uri, long bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream}: clip {Clip} failed ({Reason}): {Detail}")]
    private partial void LogFailed(string stream, string clip, string reason, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was stored of the failed clip {Clip} is removed later: {Reason}")]
    private partial void LogLeft(Exception error, string clip, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clip {Clip} waits in the spool, attempt {Attempt}; tried again in {Wait}: {Reason}")]
    private partial void LogRefused(Exception error, string clip, int attempt, TimeSpan wait, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Store} took clip {Clip} after all")]
    private partial void LogRecovered(string store, string clip);
}
