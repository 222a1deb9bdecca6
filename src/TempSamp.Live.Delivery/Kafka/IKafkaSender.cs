using Confluent.Kafka;

namespace TempSamp.Live.Delivery;

/// <summary>Sends messages to Kafka.</summary>
internal interface IKafkaSender : IAsyncDisposable
{
    /// <summary>Ends when the brokers have the message for good.</summary>
    /// <exception cref="KafkaException">They do not take it; it may be there or not.</exception>
    Task SendAsync(string topic, Message<byte[], byte[]> message, CancellationToken cancel);
}
