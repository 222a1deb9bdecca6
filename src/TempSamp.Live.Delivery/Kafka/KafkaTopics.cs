using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace TempSamp.Live.Delivery;

/// <summary>Sees to it that topics exist before anything is sent to them: a producer alone would wait for a missing one and then lose the message.</summary>
internal sealed class KafkaTopics(KafkaOptions options)
{
    private const string Policy = "cleanup.policy";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>How often it is looked whether the client has met trouble meanwhile that waiting longer would not mend.</summary>
    private static readonly TimeSpan _slice = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, int> _known = [];

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
            throw new ChannelException($"Kafka at {options.Servers}, topic '{topic}': its messages are deleted with time ({Policy}={policy}), and what they say would be lost; set {Policy}=compact on it");
        return count;
    }

    /// <summary>Null where this user may not ask.</summary>
    private async Task<string?> PolicyOfAsync(string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig(KafkaClients.Common(options))).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        try
        {
            var described = await admin.DescribeConfigsAsync([new() { Type = ResourceType.Topic, Name = topic }], new() { RequestTimeout = _patience });
            return described[0].Entries.GetValueOrDefault(Policy)?.Value;
        }
        catch (KafkaException)
        {
            return null;
        }
    }

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

    private async Task<int> LookAsync(TopicSpecification wanted)
    {
        var topic = wanted.Name;
        var trouble = (Error?)null;
        using var admin = new AdminClientBuilder(new AdminClientConfig(KafkaClients.Common(options))).SetErrorHandler((_, error) => trouble = IsTelling(trouble) ? trouble : error).SetLogHandler((_, _) => { }).Build();
        Metadata? metadata = null;
        for (var waited = _slice; metadata is null; waited += _slice)
        {
            try
            {
                metadata = admin.GetMetadata(topic, _slice);
            }
            catch (KafkaException) when (!IsTelling(trouble) && waited < _patience)
            {
                // Nothing is known yet.
            }
            catch (KafkaException) when (trouble is not null)   // the reason, and not only that time ran out
            {
                throw new KafkaException(trouble);
            }
        }
        var found = metadata.Topics.FirstOrDefault(one => one.Topic == topic);
        if (found is { Error.Code: ErrorCode.NoError, Partitions.Count: > 0 }) return found.Partitions.Count;
        if (found is { Error.Code: not (ErrorCode.UnknownTopicOrPart or ErrorCode.NoError) }) throw new KafkaException(found.Error);
        if (!options.CreateTopics) throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart));
        try
        {
            await admin.CreateTopicsAsync([wanted], new() { OperationTimeout = _patience, RequestTimeout = _patience });
            return wanted.NumPartitions;
        }
        catch (CreateTopicsException error) when (error.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
        {
            return admin.GetMetadata(topic, _patience).Topics.Single().Partitions is { Count: > 0 } made ? made.Count : wanted.NumPartitions;   // another worker was faster
        }
        catch (CreateTopicsException error)
        {
            throw new KafkaException(error.Results[0].Error);
        }
    }

    /// <summary>Whether an error says more than that nobody answers, which follows every other one.</summary>
    private static bool IsTelling(Error? error) => error is { Code: ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Ssl or ErrorCode.Local_Resolve };
}
