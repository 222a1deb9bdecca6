using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>This worker's place in the group of workers that share the streams: which shares it holds, and the right to publish what they tell.</summary>
/// <remarks>
/// <code>
///   assigned ──> claim the share's transactional id, which fences off its last owner ──> held: its streams run and are published
///   revoked  ──> its streams leave the wanted set ──> stopped and their events sent, or the drain time is over ──> given back
///   lost     ──> gone at once: nothing more of it is published, whatever still runs
///   in doubt ──> (this process stood still for longer than the session time-out, or a producer was pushed aside) nothing is published until the
///                coordinator has taken a commit, which it does of members only: held again, where needed under a new claim; else lost
/// </code>
/// One thread owns the membership; all handlers run on it. Without a group (<see cref="AssignmentKind.Static"/>) it does nothing.
/// </remarks>
internal sealed partial class WorkerGroup : IPublishFence, IHostedService, IDisposable
{
    /// <summary>Longest wait of one look at the group; bounds how soon a claim or a doubt is seen.</summary>
    private static readonly TimeSpan _turn = TimeSpan.FromMilliseconds(100);

    /// <summary>Wait after the group or a claim could not be had.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly KafkaOptions _kafka;
    private readonly AssignmentOptions _options;
    private readonly KafkaSenders _senders;
    private readonly StateDatabase _state;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Share> _shares = [];
    private readonly Dictionary<int, Task> _resting = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _partitions;
    private int _version, _carriedOut;
    private long _seen;
    private bool _isInDoubt;

    public WorkerGroup(
        IOptions<EventsOptions> events, IOptions<AssignmentOptions> options, KafkaSenders senders, StateDatabase state, TimeProvider time, ILogger<WorkerGroup> logger) =>
        (_kafka, _options, _senders, _state, _time, _logger, _seen) = (events.Value.Kafka, options.Value, senders, state, time, logger, time.GetTimestamp());

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>Why this worker takes no part; null while it does.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Ends when the shares change. Ask for it before <see cref="Choose"/>, so that no change is missed in between.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <inheritdoc/>
    public PublishRight Of(string streamId)
    {
        lock (_gate)
            return !_isInDoubt && !WasAway && Find(streamId)?.Right is { } right ? right : PublishRight.Lost;
    }

    /// <summary>Those of the streams that are to run here now.</summary>
    /// <param name="wanted">All streams.</param>
    /// <param name="id">Id of a stream.</param>
    /// <returns>Them, and the number to tell to <see cref="CarriedOut"/>.</returns>
    public (IReadOnlyList<T> Mine, int Version) Choose<T>(IReadOnlyList<T> wanted, Func<T, string> id)
    {
        lock (_gate) return ([.. wanted.Where(stream => Find(id(stream)) is { Right: not null, IsLeaving: false })], _version);
    }

    /// <summary>What was chosen runs, and nothing else.</summary>
    public void CarriedOut(int version) => Volatile.Write(ref _carriedOut, version);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.Kind != AssignmentKind.Kafka) return Task.CompletedTask;
        _thread = new Thread(Run) { Name = "kafka group", IsBackground = true };
        _thread.Start();
        return Task.CompletedTask;
    }

    /// <summary>Leaves the group; others take the shares at once.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        if (_thread is not null) await _ended.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private bool WasAway => _time.GetElapsedTime(_seen) > _options.SessionTimeout;

    private Share? Find(string streamId) => _partitions > 0 && _shares.TryGetValue(StreamShares.Of(streamId, _partitions), out var share) ? share : null;

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var partitions = new KafkaTopics(_kafka).EnsureCompactedAsync(_options.Topic, _options.Partitions, _stop.Token).GetAwaiter().GetResult();
                lock (_gate) _partitions = partitions;
                TakePart();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)   // whatever the client meets, this worker asks to take part again
            {
                Trouble = error.Message;
                LogOut(error, _options.Group, error.Message);
                _stop.Token.WaitHandle.WaitOne(_pause);
            }
            finally
            {
                Lose(AllShares());
            }
        }
        Task.WhenAll(_resting.Values).GetAwaiter().GetResult();
        _ended.TrySetResult();
    }

    private void TakePart()
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(KafkaClients.Member(_kafka, _options))
            .SetPartitionsAssignedHandler((_, parts) => Assign(parts)).SetPartitionsRevokedHandler((_, parts) => Revoke([.. parts.Select(part => part.Partition.Value)]))
            .SetPartitionsLostHandler((_, parts) => Lose([.. parts.Select(part => part.Partition.Value)]))
            .SetErrorHandler((_, error) => LogError(error.Code, error.Reason)).SetLogHandler((_, line) => LogClient(line.Message)).Build();
        consumer.Subscribe(_options.Topic);
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                Look(consumer);
                SettleClaims();
            }
        }
        finally
        {
            consumer.Close();
        }
    }

    private void Look(IConsumer<Ignore, Ignore> consumer)
    {
        try
        {
            consumer.Consume(_turn);   // the messages are for others; the handlers run in here
            Trouble = null;
        }
        catch (ConsumeException error) when (!error.Error.IsFatal)
        {
            Trouble = error.Error.Reason;
            LogError(error.Error.Code, error.Error.Reason);
        }
        Stamp();
        lock (_gate)
        {
            if (_shares.Keys.Any(share => share >= _partitions))
                throw new InvalidOperationException($"topic '{_options.Topic}' has more partitions than before, so streams change their share: stop all workers, then start them again");
            _isInDoubt |= _shares.Values.Any(share => share.Right is { } right && _senders.IsOver(right));
        }
        if (_isInDoubt) Prove(consumer);
    }

    /// <summary>Says that this process has been running; if it had stood still, it cannot know what has happened meanwhile.</summary>
    private void Stamp()
    {
        lock (_gate)
        {
            if (WasAway && _shares.Count > 0)
            {
                _isInDoubt = true;
                LogAway(_time.GetElapsedTime(_seen));
            }
            _seen = _time.GetTimestamp();
        }
    }

    private void Prove(IConsumer<Ignore, Ignore> consumer)
    {
        var held = AllShares();
        try
        {
            if (held.Count > 0) consumer.Commit(held.Select(share => new TopicPartitionOffset(_options.Topic, share, 0)));
        }
        catch (KafkaException error) when (error.Error.Code is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.FencedInstanceId or ErrorCode.StaleMemberEpoch)
        {
            Lose(held);
        }
        catch (KafkaException error)   // no answer, or the group is about to agree anew: the doubt stays
        {
            LogError(error.Error.Code, error.Error.Reason);
            return;
        }
        lock (_gate)
        {
            foreach (var share in _shares.Values.Where(share => share.Right is { } right && _senders.IsOver(right))) Claim(share);
            _isInDoubt = false;
        }
        Tell();
    }

    private IEnumerable<TopicPartitionOffset> Assign(List<TopicPartition> parts)
    {
        lock (_gate)
            foreach (var part in parts) Claim(_shares[part.Partition.Value] = new Share(part.Partition.Value));
        LogAssigned(_options.Group, string.Join(", ", parts.Select(part => part.Partition.Value)));
        return parts.Select(part => new TopicPartitionOffset(part, Offset.End));
    }

    /// <summary>Claims a share, after whatever this worker had to do with it before has come to rest.</summary>
    private void Claim(Share share)
    {
        var before = share.Right is { } old ? _senders.ReleaseAsync(old, isLost: false) : _resting.GetValueOrDefault(share.Number, Task.CompletedTask);
        (share.Right, share.Claiming) = (null, ClaimAsync(share, before));
    }

    private async Task<PublishRight?> ClaimAsync(Share share, Task before)
    {
        await before;
        while (!share.IsGone && !_stop.IsCancellationRequested)
        {
            try
            {
                return await _senders.ClaimAsync($"{_options.Group}-{_options.Topic}-{share.Number}");
            }
            catch (KafkaException error)
            {
                LogNoClaim(error, share.Number, error.Error.Reason);
            }
            await Task.Delay(_pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return null;
    }

    private void SettleClaims()
    {
        lock (_gate)
        {
            var settled = _shares.Values.Where(share => share.Claiming is { IsCompleted: true }).ToList();
            if (settled.Count == 0) return;
            foreach (var share in settled) (share.Right, share.Claiming) = (share.Claiming!.GetAwaiter().GetResult(), null);
        }
        Tell();
    }

    private void Revoke(IReadOnlyList<int> parts)
    {
        lock (_gate)
            foreach (var part in parts)
                if (_shares.TryGetValue(part, out var share)) share.IsLeaving = true;
        Tell();
        var (began, asked) = (_time.GetTimestamp(), _version);
        while (!_stop.IsCancellationRequested && !_isInDoubt && !IsDrained(parts, asked) && _time.GetElapsedTime(began) < _options.DrainTime)
        {
            _stop.Token.WaitHandle.WaitOne(_turn / 2);
            Stamp();
        }
        LogRevoked(_options.Group, string.Join(", ", parts), _time.GetElapsedTime(began));
        Remove(parts, isLost: false);
    }

    private bool IsDrained(IReadOnlyList<int> parts, int asked) =>
        Volatile.Read(ref _carriedOut) - asked >= 0 && !_state.Read(db => EventTable.PendingStreams(db, KafkaChannel.ChannelName)).Any(stream => parts.Contains(StreamShares.Of(stream, _partitions)));

    private void Lose(IReadOnlyList<int> parts)
    {
        if (parts.Count == 0) return;
        if (!_stop.IsCancellationRequested) LogLost(_options.Group, string.Join(", ", parts));
        Remove(parts, isLost: true);
    }

    private void Remove(IReadOnlyList<int> parts, bool isLost)
    {
        lock (_gate)
        {
            foreach (var part in parts)
            {
                if (!_shares.Remove(part, out var share)) continue;
                share.IsGone = true;
                _resting[part] = RestAsync(share, isLost);
            }
        }
        Tell();
    }

    private async Task RestAsync(Share share, bool isLost)
    {
        var right = share.Claiming is null ? share.Right : await share.Claiming;
        if (right is not null) await _senders.ReleaseAsync(right, isLost);
    }

    private IReadOnlyList<int> AllShares()
    {
        lock (_gate) return [.. _shares.Keys];
    }

    private void Tell()
    {
        lock (_gate) _version++;
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        Changed?.Invoke();
    }

    /// <summary>A partition of the streams' topic that is assigned to this worker.</summary>
    private sealed class Share(int number)
    {
        public int Number => number;

        /// <summary>A claim under way.</summary>
        public Task<PublishRight?>? Claiming { get; set; }

        /// <summary>The right to publish; null before it is claimed.</summary>
        public PublishRight? Right { get; set; }

        /// <summary>Whether it is about to be given back.</summary>
        public bool IsLeaving { get; set; }

        /// <summary>Whether it was given back or lost.</summary>
        public volatile bool IsGone;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Group {Group}: shares {Shares} are this worker's now")]
    private partial void LogAssigned(string group, string shares);

    [LoggerMessage(Level = LogLevel.Information, Message = "Group {Group}: shares {Shares} go to another worker, {Wait} were needed to finish")]
    private partial void LogRevoked(string group, string shares, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group}: shares {Shares} are lost; nothing more of their streams is published from here")]
    private partial void LogLost(string group, string shares);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This process stood still for {Time}: nothing is published until the group has said that its streams are still its own")]
    private partial void LogAway(TimeSpan time);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Share {Share} cannot be claimed yet, so its streams wait: {Reason}")]
    private partial void LogNoClaim(Exception error, int share, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Group {Group} cannot be joined and is tried again: {Reason}")]
    private partial void LogOut(Exception error, string group, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka group: {Code}: {Reason}")]
    private partial void LogError(ErrorCode code, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Kafka client: {Line}")]
    private partial void LogClient(string line);
}
