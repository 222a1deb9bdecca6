using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace TempSamp.Live.Delivery;

/// <summary>Sees to it that topics exist before anything is sent to them: a producer alone would wait for a missing one and then lose the message.</summary>
internal sealed class KafkaTopics(KafkaOptions options)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly HashSet<string> _known = [];

    /// <summary>Looks once; makes the topic when it is missing and that is wanted.</summary>
    /// <exception cref="ChannelException">It is missing, or nobody answers.</exception>
    public async Task EnsureAsync(string topic, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (_known.Contains(topic)) return;
            await Task.Run(() => LookAsync(topic), cancel);
            _known.Add(topic);
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

    /// <summary>A message was refused because its topic is gone: look again next time.</summary>
    public void Forget(string topic)
    {
        _turn.Wait();
        _known.Remove(topic);
        _turn.Release();
    }

    private async Task LookAsync(string topic)
    {
        var trouble = (Error?)null;
        using var admin = new AdminClientBuilder(new AdminClientConfig(KafkaClients.Common(options))).SetErrorHandler((_, error) => trouble = error).SetLogHandler((_, _) => { }).Build();
        Metadata metadata;
        try
        {
            metadata = admin.GetMetadata(topic, _patience);
        }
        catch (KafkaException) when (trouble is not null)   // the reason, and not only that time ran out
        {
            throw new KafkaException(trouble);
        }
        var found = metadata.Topics.FirstOrDefault(one => one.Topic == topic);
        if (found is { Error.Code: ErrorCode.NoError, Partitions.Count: > 0 }) return;
        if (found is { Error.Code: not (ErrorCode.UnknownTopicOrPart or ErrorCode.NoError) }) throw new KafkaException(found.Error);
        if (!options.CreateTopics) throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart));
        try
        {
            await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = options.Partitions, ReplicationFactor = (short)(options.Replicas > 0 ? options.Replicas : -1) }], new() { OperationTimeout = _patience, RequestTimeout = _patience });
        }
        catch (CreateTopicsException error) when (error.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
        {
            return;   // another worker was faster
        }
        catch (CreateTopicsException error)
        {
            throw new KafkaException(error.Results[0].Error);
        }
    }
}
