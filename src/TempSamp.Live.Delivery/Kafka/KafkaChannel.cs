using Confluent.Kafka;
using Microsoft.Extensions.Options;
using TempSamp.Live.Contracts;

namespace TempSamp.Live.Delivery;

/// <summary>Events to Kafka: acknowledged by all replicas, keyed by stream, never sent to a topic that was not seen.</summary>
internal sealed class KafkaChannel : IEventChannel
{
    /// <summary>Its name in the outbox.</summary>
    public const string ChannelName = "kafka";

    private readonly KafkaOptions _options;
    private readonly KafkaMessages _messages;
    private readonly KafkaTopics _topics;
    private readonly KafkaSenders _senders;
    private readonly IPublishFence _fence;

    /// <summary>A channel that connects when it is first used.</summary>
    public KafkaChannel(IOptions<EventsOptions> options, IOptions<DeliveryOptions> delivery, CloudEventWriter writer, KafkaSenders senders, IPublishFence fence)
    {
        (_options, _senders, _fence) = (options.Value.Kafka, senders, fence);
        _messages = new(writer, _options.Mode);
        _topics = new(_options);
        Pace = RetryPace.Of(delivery.Value);
    }

    /// <inheritdoc/>
    public string Name => ChannelName;

    /// <inheritdoc/>
    public RetryPace Pace { get; }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancel) => _topics.LookAgainAsync(cancel);

    /// <inheritdoc/>
    public async Task SendAsync(PendingEvent pending, CancellationToken cancel)
    {
        var told = pending.Told;
        var topic = told.Type is EventTypes.StreamOnline or EventTypes.StreamOffline ? _options.StreamTopic : _options.ClipTopic;
        await _topics.EnsureAsync(topic, cancel);
        try
        {
            await SenderOf(told.StreamId).SendAsync(topic, _messages.Of(told), cancel);
        }
        catch (KafkaException error)
        {
            if (error.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition) _topics.Forget(topic);
            throw KafkaFailure.Of(error.Error, _options, topic, error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()   // the producers are shared
    {
        _topics.Dispose();
        return ValueTask.CompletedTask;
    }

    private IKafkaSender SenderOf(string streamId)
    {
        var right = _fence.Of(streamId);
        return (right.IsHeld ? _senders.Of(right) : null) ?? throw new ChannelException($"stream {streamId} is another worker's now; its events wait here in case it comes back");
    }
}
