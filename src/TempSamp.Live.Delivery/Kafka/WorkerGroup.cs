using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>This worker's membership in the group of workers that share the streams. One thread owns it, and all handlers run on that.</summary>
/// <remarks>
/// <code>
///   assigned ──> taken
///   revoked  ──> left, until its streams have stopped and their events are sent, or the drain time is over ──> given back
///   lost     ──> removed at once
///   in doubt ──> the coordinator is asked to take a commit, which it does of members only: confirmed, else lost
/// </code>
/// Without a group (<see cref="AssignmentKind.Static"/>) it does nothing.
/// </remarks>
internal sealed partial class WorkerGroup(
    IOptions<EventsOptions> events, IOptions<AssignmentOptions> assignments, HeldShares shares, GroupMembership membership, Leftovers leftovers, StateDatabase state, TimeProvider time,
    ILogger<WorkerGroup> logger) : IHostedService, IDisposable
{
    /// <summary>Longest wait of one look at the group; bounds how soon a claim or a doubt is seen.</summary>
    private static readonly TimeSpan _turn = TimeSpan.FromMilliseconds(100);

    /// <summary>Wait after the group could not be joined.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly KafkaOptions _kafka = events.Value.Kafka;
    private readonly KafkaTopics _topics = new(events.Value.Kafka);
    private readonly AssignmentOptions _options = assignments.Value;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;

    /// <summary>How this worker is doing in its group; null without one.</summary>
    public GroupHealth? Health => _options.Kind == AssignmentKind.Kafka ? new(_options.Group, shares.Numbers.Count, membership.Trouble ?? shares.Trouble) : null;

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
        if (_thread is null) return;
        await _ended.Task;
        await shares.RestAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);   // a claim that nobody answers must not hold up the end
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _topics.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var partitions = _topics.EnsureCompactedAsync(_options.Topic, _options.Partitions, _stop.Token).GetAwaiter().GetResult();
                shares.Divide(partitions);
                TakePart(partitions);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)   // whatever the client meets, this worker asks to take part again
            {
                membership.Leave(error.Message);
                LogOut(error, _options.Group, error.Message);
                _stop.Token.WaitHandle.WaitOne(_pause);
            }
            finally
            {
                Lose(shares.Numbers);
            }
        }
        _ended.TrySetResult();
    }

    private void TakePart(int partitions)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(KafkaClients.Member(_kafka, _options))
            .SetPartitionsAssignedHandler((_, parts) => Assign(parts)).SetPartitionsRevokedHandler((_, parts) => Revoke([.. parts.Select(part => part.Partition.Value)]))
            .SetPartitionsLostHandler((_, parts) => Lose([.. parts.Select(part => part.Partition.Value)]))
            .SetStatisticsHandler((_, statistics) => membership.Take(statistics)).SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, line) => LogClient(line.Message)).Build();
        consumer.Subscribe(_options.Topic);
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                Look(consumer);
                if (shares.Numbers.Any(share => share >= partitions))
                    throw new InvalidOperationException($"topic '{_options.Topic}' has more partitions than before, so streams change their share: stop all workers, then start them again");
            }
        }
        finally
        {
            consumer.Close();
        }
    }

    private void Look(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            if (consumer.Consume(_turn) is { } read) leftovers.Note(read);   // streams' settings are for others; the handlers run in here
        }
        catch (ConsumeException error) when (!error.Error.IsFatal)
        {
            Note(error.Error);
        }
        shares.Stamp();
        if (shares.IsInDoubt) Prove(consumer);
        shares.Settle();
    }

    private void Prove(IConsumer<byte[], byte[]> consumer)
    {
        var held = shares.Numbers;
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
            Note(error.Error);
            return;
        }
        shares.Confirm();
    }

    private void Note(Error error)
    {
        membership.Note(error);
        LogError(error.Code, error.Reason);
    }

    private IEnumerable<TopicPartitionOffset> Assign(List<TopicPartition> parts)
    {
        LogAssigned(_options.Group, string.Join(", ", parts.Select(part => part.Partition.Value)));
        parts.ForEach(part => leftovers.Begin(part.Partition.Value));
        shares.Take(parts.Select(part => part.Partition.Value));
        return parts.Select(part => new TopicPartitionOffset(part, Offset.Beginning));
    }

    private void Revoke(IReadOnlyList<int> parts)
    {
        var (began, asked) = (time.GetTimestamp(), shares.Leave(parts));
        while (!_stop.IsCancellationRequested && !shares.IsInDoubt && !IsDrained(parts, asked) && time.GetElapsedTime(began) < _options.DrainTime)
        {
            _stop.Token.WaitHandle.WaitOne(_turn / 2);
            shares.Stamp();
        }
        LogRevoked(_options.Group, string.Join(", ", parts), time.GetElapsedTime(began));
        shares.Remove(parts, isLost: false);
    }

    private bool IsDrained(IReadOnlyList<int> parts, int asked) =>
        shares.IsCarriedOut(asked) && !state.Read(db => EventTable.PendingStreams(db, KafkaChannel.ChannelName)).Any(stream => parts.Contains(shares.ShareOf(stream)));

    private void Lose(IReadOnlyList<int> parts)
    {
        if (parts.Count == 0) return;
        membership.Leave("its shares of the streams were lost, because the brokers did not hear from it for Assignments:SessionTimeout; it asks for new ones");
        LogLost(_options.Group, string.Join(", ", parts));
        shares.Remove(parts, isLost: true);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Group {Group}: shares {Shares} are this worker's now")]
    private partial void LogAssigned(string group, string shares);

    [LoggerMessage(Level = LogLevel.Information, Message = "Group {Group}: shares {Shares} go to another worker, {Wait} were needed to finish")]
    private partial void LogRevoked(string group, string shares, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group}: shares {Shares} are lost; nothing more of their streams is published from here")]
    private partial void LogLost(string group, string shares);

    [LoggerMessage(Level = LogLevel.Error, Message = "Group {Group} cannot be joined and is tried again: {Reason}")]
    private partial void LogOut(Exception error, string group, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka group: {Code}: {Reason}")]
    private partial void LogError(ErrorCode code, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Kafka client: {Line}")]
    private partial void LogClient(string line);
}
