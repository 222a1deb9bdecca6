using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>The streams that run here. Brings what runs in line with what is wanted; one stream's trouble never touches another.</summary>
public sealed partial class SessionRegistry(SessionPorts ports, IOptions<SessionOptions> options, IOptions<TapeOptions> tape, IUnfinishedSessions unfinished, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<SessionRegistry>();
    private readonly RetryPolicy _retry = new(options.Value, Random.Shared);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private Task? _unfinished;

    /// <summary>
    /// Makes the wanted set the running one: new streams start, those with other queries go on with these, those with another address finish their clips and start anew,
    /// absent ones finish and stop.
    /// A stream with errors keeps running on its last good configuration; a new one is listed as invalid. Calls take turns.
    /// </summary>
    public async Task ApplyAsync(IReadOnlyList<StreamSpec> wanted, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            _unfinished ??= unfinished.FinishAsync(_stopping.Token);
            var doubled = StreamPlanner.DuplicateIds(wanted);
            var byId = wanted.GroupBy(spec => spec.Id, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.First());
            var gone = Entries().Where(entry => !byId.ContainsKey(entry.Spec.Id)).Select(RemoveAsync);
            var changes = byId.Values.Select(spec => ApplyOneAsync(spec, doubled.Contains(spec.Id, StringComparer.OrdinalIgnoreCase)));
            await Task.WhenAll([.. gone, .. changes]);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Every stream, by id.</summary>
    public IReadOnlyList<SessionStatus> Status() => [.. Entries().Select(entry => entry.Status())];

    /// <summary>One stream; null when it is not here.</summary>
    public SessionStatus? Status(string streamId) => Find(streamId)?.Status();

    /// <summary>The newest verdicts of a stream, also the refused ones, oldest first.</summary>
    public IReadOnlyList<WindowVerdict> RecentVerdicts(string streamId) => Find(streamId)?.Supervisor?.RecentVerdicts ?? [];

    /// <summary>Waits until no stream that is here now will go on by itself: all are over, none is tried again.</summary>
    public Task WhenAllEndedAsync(CancellationToken cancel) => Task.WhenAll(Entries().Select(entry => entry.Running)).WaitAsync(cancel);

    /// <summary>Waits until the sessions that a killed program left behind are finished.</summary>
    public Task WhenUnfinishedEndedAsync() => _unfinished ?? Task.CompletedTask;

    /// <summary>Stops every stream: their announced clips are finished within the drain time.</summary>
    public async Task StopAsync()
    {
        await ApplyAsync([], CancellationToken.None);
        await _stopping.CancelAsync();
        await WhenUnfinishedEndedAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _turn.Dispose();
        _stopping.Dispose();
    }

    private async Task ApplyOneAsync(StreamSpec spec, bool isDoubled)
    {
        var resolution = StreamPlanner.Resolve(spec, ports.Finder.Profile, tape.Value.Bounds);
        string[] errors = isDoubled ? [.. resolution.Errors, $"stream '{spec.Id}': more than one stream has this id; give each its own"] : [.. resolution.Errors];
        var running = Find(spec.Id);
        foreach (var error in errors) LogInvalid(error);

        if (errors.Length > 0 || resolution.Plan is null)
        {
            if (running?.Supervisor is null) Put(new Entry(spec, errors, null));
            else running.Errors = errors;
            return;
        }
        if (running?.Supervisor is not null && IsSame(running.Spec, spec))
        {
            running.Errors = [];
            return;
        }
        if (running?.Supervisor is { } supervisor && running.Spec.Url == spec.Url && !running.Running.IsCompleted)
        {
            (running.Spec, running.Errors) = (spec, []);
            supervisor.Change(resolution.Plan.Queries);
            return;
        }
        if (running is not null) await running.StopAsync();
        Start(spec, resolution.Plan);
    }

    private void Start(StreamSpec spec, StreamPlan plan)
    {
        var supervisor = new SessionSupervisor(plan, ports, options.Value, _retry, time, loggers.CreateLogger<SessionSupervisor>());
        Put(new Entry(spec, [], supervisor));
        LogStarted(plan.Id, StreamPlanner.Redact(plan.Url), plan.Queries.Count);
    }

    private async Task RemoveAsync(Entry entry)
    {
        await entry.StopAsync();
        lock (_gate) _entries.Remove(entry.Spec.Id);
        LogStopped(entry.Spec.Id);
    }

    private Entry[] Entries()
    {
        lock (_gate) return [.. _entries.Values];
    }

    private Entry? Find(string streamId)
    {
        lock (_gate) return _entries.GetValueOrDefault(streamId);
    }

    private void Put(Entry entry)
    {
        lock (_gate) _entries[entry.Spec.Id] = entry;
    }

    private static bool IsSame(StreamSpec a, StreamSpec b) => a.Id == b.Id && a.Url == b.Url && a.Queries.SequenceEqual(b.Queries);

    /// <summary>A stream that is wanted, and its running supervisor unless its configuration never was good.</summary>
    private sealed class Entry
    {
        private readonly CancellationTokenSource _stop = new();

        public Entry(StreamSpec spec, IReadOnlyList<string> errors, SessionSupervisor? supervisor)
        {
            (Spec, Errors, Supervisor) = (spec, errors, supervisor);
            Running = supervisor is null ? Task.CompletedTask : Task.Run(() => supervisor.RunAsync(_stop.Token));
        }

        public StreamSpec Spec { get; set; }

        public IReadOnlyList<string> Errors { get; set; }

        public SessionSupervisor? Supervisor { get; }

        public Task Running { get; }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await Running;
            _stop.Dispose();
        }

        public SessionStatus Status() => Supervisor?.Status(Errors)
            ?? new(Spec.Id, StreamPlanner.Redact(Spec.Url), SessionState.Invalid, null, null, null, 0, null, null, [], null, null, new SessionMeter().Counts, [], Errors);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: watching {Url} for {Queries} queries")]
    private partial void LogStarted(string stream, string url, int queries);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: no longer watched")]
    private partial void LogStopped(string stream);

    [LoggerMessage(Level = LogLevel.Error, Message = "Configuration refused: {Error}")]
    private partial void LogInvalid(string error);
}
