using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace TempSamp.Live.Delivery;

/// <summary>Sees to it that topics exist before anything is sent to them: a producer alone would wait for a missing one and then lose the message.</summary>
/// <remarks>One client is kept for as long as it gets answers. One that got none is closed, so that the next look finds the reason afresh.</remarks>
internal sealed class KafkaTopics(KafkaOptions options) : IDisposable
{
    private const string Policy = "cleanup.policy";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, int> _known = [];
    private KafkaAdmin? _kept;

    /// <summary>The client that is kept, by the name that it has given itself; null while there is none.</summary>
    internal string? Client => Volatile.Read(ref _kept)?.Calls.Name;

    /// <summary>Looks once; makes the topic when it is missing and that is wanted.</summary>
    /// <returns>How many partitions it has.</returns>
    /// <exception cref="ChannelException">It is missing, or nobody answers.</exception>
    public Task<int> EnsureAsync(string topic, CancellationToken cancel) =>
        EnsureAsync(Spec(topic), cancel);

    /// <summary>Looks for a topic that keeps the newest message of each key for ever.</summary>
    /// <exception cref="ChannelException">It is missing or does not, or nobody answers.</exception>
    public async Task<int> EnsureCompactedAsync(string topic, int partitions, CancellationToken cancel)
    {
        var count = await EnsureAsync(new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = ReplicationFactor, Configs = new() { [Policy] = "compact" } }, cancel);
        if (await PolicyOfAsync(topic) is { } policy && policy != "compact")
            throw new ChannelException($"Kafka at {options.Servers}, topic '{topic}': its messages are deleted with time ({Policy}={policy}), and what they say would be lost; set {Policy}=compact on it") { Reason = "forgets" };
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _kept, null)?.Dispose();

    /// <summary>Asks the brokers, with the client that is kept where nobody else is asking.</summary>
    private async Task<T> AskAsync<T>(Func<KafkaAdmin, Task<T>> ask)
    {
        var client = Interlocked.Exchange(ref _kept, null) ?? new KafkaAdmin(options);
        try
        {
            var answer = await ask(client);
            client = Interlocked.Exchange(ref _kept, client);
            return answer;
        }
        finally
        {
            client?.Dispose();
        }
    }

    /// <summary>Null where this user may not ask.</summary>
    private Task<string?> PolicyOfAsync(string topic) => AskAsync(async admin =>
    {
        try
        {
            var described = await admin.Calls.DescribeConfigsAsync([new() { Type = ResourceType.Topic, Name = topic }], new() { RequestTimeout = _patience });
            return described[0].Entries.GetValueOrDefault(Policy)?.Value;
        }
        catch (KafkaException)
        {
            return null;
        }
    });

    private TopicSpecification Spec(string topic) => new() { Name = topic, NumPartitions = options.Partitions, ReplicationFactor = ReplicationFactor };

    private short ReplicationFactor => (short)(options.Replicas > 0 ? options.Replicas : -1);

    private async Task<int> EnsureAsync(TopicSpecification wanted, CancellationToken cancel)
    {
        var topic = wanted.Name;
        await _turn.WaitAsync(cancel);
        try
        {
            if (!_known.TryGetValue(topic, out var partitions)) _known[topic] = partitions = await Task.Run(() => LookAsync(wanted), cancel);
            return partitions;
        }
        catch (KafkaException error)
        {
            throw KafkaFailure.Of(error.Error, options, topic, error);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Looks whether the topics of events are there now, whatever was known; makes them when they are missing and that is wanted. Nobody who sends waits for this.</summary>
    /// <exception cref="ChannelException">One is missing, or nobody answers.</exception>
    public async Task LookAgainAsync(CancellationToken cancel)
    {
        foreach (var topic in new[] { options.ClipTopic, options.StreamTopic })
        {
            try
            {
                await Task.Run(() => LookAsync(Spec(topic)), cancel);
            }
            catch (KafkaException error)
            {
                throw KafkaFailure.Of(error.Error, options, topic, error);
            }
        }
    }

    /// <summary>A message was refused because its topic is gone: look again next time.</summary>
    public void Forget(string topic)
    {
        _turn.Wait();
        _known.Remove(topic);
        _turn.Release();
    }

    private Task<int> LookAsync(TopicSpecification wanted) => AskAsync(async admin =>
    {
        var found = admin.Look(wanted.Name, _patience);
        if (found is { Error.Code: ErrorCode.NoError, Partitions.Count: > 0 }) return found.Partitions.Count;
        if (found is { Error.Code: not (ErrorCode.UnknownTopicOrPart or ErrorCode.NoError) }) throw new KafkaException(found.Error);
        if (!options.CreateTopics) throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart));
        try
        {
            await admin.Calls.CreateTopicsAsync([wanted], new() { OperationTimeout = _patience, RequestTimeout = _patience });
            return wanted.NumPartitions;
        }
        catch (CreateTopicsException error) when (error.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
        {
            return admin.Look(wanted.Name, _patience)?.Partitions is { Count: > 0 } made ? made.Count : wanted.NumPartitions;   // another worker was faster
        }
        catch (CreateTopicsException error)
        {
            throw new KafkaException(error.Results[0].Error);
        }
    });
}
