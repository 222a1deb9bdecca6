using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
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
    private readonly IPublishFence _fence;
    private readonly ILogger _logger;
    private readonly IdempotentSender _plain;
    private readonly ConcurrentDictionary<PublishRight, Lazy<FencedSender>> _fenced = [];

    /// <summary>A channel that connects when it is first used.</summary>
    public KafkaChannel(IOptions<EventsOptions> options, IOptions<DeliveryOptions> delivery, CloudEventWriter writer, IPublishFence fence, ILogger<KafkaChannel> logger)
    {
        (_options, _fence, _logger) = (options.Value.Kafka, fence, logger);
        _messages = new(writer, _options.Mode);
        _topics = new(_options);
        _plain = new(_options, logger);
        Pace = RetryPace.Of(delivery.Value);
    }

    /// <inheritdoc/>
    public string Name => ChannelName;

    /// <inheritdoc/>
    public RetryPace Pace { get; }

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken cancel)
    {
        await _topics.EnsureAsync(_options.ClipTopic, cancel);
        await _topics.EnsureAsync(_options.StreamTopic, cancel);
    }

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

    /// <summary>Waits for what is on its way, for a while, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _plain.DisposeAsync();
        foreach (var sender in _fenced.Values) await sender.Value.DisposeAsync();
    }

    private IKafkaSender SenderOf(string streamId)
    {
        var right = _fence.Of(streamId);
        if (!right.IsHeld) throw new ChannelException($"stream {streamId} is another worker's now; its events wait here in case it comes back");
        return right.TransactionalId is { } id ? _fenced.GetOrAdd(right, _ => new(() => new(_options, id, _logger))).Value : _plain;
    }
}
