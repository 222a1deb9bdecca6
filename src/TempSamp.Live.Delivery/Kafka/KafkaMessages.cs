using System.Text;
using Confluent.Kafka;

namespace TempSamp.Live.Delivery;

/// <summary>Makes messages of events after the Kafka binding of CloudEvents 1.0. The key is the stream, so that its events stay in order.</summary>
/// <remarks>
/// The message's own timestamp stays the time of sending, not the event's (<c>ce_time</c> has that): brokers delete by it, so an event that waited in the
/// outbox for longer than the topic keeps messages would be gone before anyone has read it.
/// </remarks>
internal sealed class KafkaMessages(CloudEventWriter writer, CloudEventMode mode)
{
    public Message<byte[], byte[]> Of(ToldEvent told)
    {
        var headers = new Headers();
        byte[] value;
        if (mode == CloudEventMode.Structured)
        {
            headers.Add("content-type", Encoding.UTF8.GetBytes(CloudEventWriter.StructuredType));
            value = writer.Structured(told).ToArray();
        }
        else
        {
            foreach (var (name, text) in writer.Attributes(told)) headers.Add($"ce_{name}", Encoding.UTF8.GetBytes(text));
            headers.Add("content-type", "application/json"u8.ToArray());
            value = told.Data.ToArray();
        }
        return new() { Key = Encoding.UTF8.GetBytes(told.StreamId), Value = value, Headers = headers };
    }
}
