using Confluent.Kafka;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>Reads topics from their start.</summary>
internal static class KafkaReader
{
    /// <summary>Reads so many messages, or all there are once nothing comes for a while.</summary>
    public static Task<IReadOnlyList<T>> ReadAsync<T>(KafkaOptions kafka, int count, Func<Message<byte[], byte[]>, T> read) => Task.Run<IReadOnlyList<T>>(() =>
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(KafkaClients.Common(kafka))
        {
            GroupId = Guid.NewGuid().ToString(), AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        consumer.Subscribe(new[] { kafka.ClipTopic, kafka.StreamTopic }.Distinct());
        var messages = new List<T>();
        var patience = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromSeconds(messages.Count < count ? 20 : 1))
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } result) (messages, patience) = ([.. messages, read(result.Message)], TimeProvider.System.GetTimestamp());
        consumer.Close();
        return messages;
    });
}
