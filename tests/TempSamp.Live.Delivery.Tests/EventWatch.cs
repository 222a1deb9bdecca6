using System.Text;
using Confluent.Kafka;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>Reads a topic as a consumer that reads committed does, from its start and for as long as a test lasts.</summary>
internal sealed class EventWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<SeenEvent> _seen = [];
    private readonly Thread _thread;

    public EventWatch(string servers, string topic)
    {
        _thread = new Thread(() => Read(servers, topic)) { Name = "watch", IsBackground = true };
        _thread.Start();
    }

    /// <summary>What came so far, each stream's in order.</summary>
    public IReadOnlyList<SeenEvent> Seen
    {
        get { lock (_gate) return [.. _seen]; }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.Run(_thread.Join);
        _stop.Dispose();
    }

    private void Read(string servers, string topic)
    {
        var options = new ConsumerConfig(KafkaClients.Reader(new KafkaOptions { Servers = servers })) { GroupId = Guid.NewGuid().ToString(), EnablePartitionEof = false };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(options).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe(topic);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (consumer.Consume(TimeSpan.FromMilliseconds(50)) is not { } read) continue;
                var seen = new SeenEvent(Encoding.UTF8.GetString(read.Message.Key), Header(read.Message, "ce_id"), Encoding.UTF8.GetString(read.Message.Value), Header(read.Message, "ce_sequence"));
                lock (_gate) _seen.Add(seen);
            }
            catch (ConsumeException error) when (error.Error.Code == ErrorCode.UnknownTopicOrPart)   // not made yet
            {
            }
        }
        consumer.Close();
    }

    private static string Header(Message<byte[], byte[]> message, string name) => Encoding.UTF8.GetString(message.Headers.GetLastBytes(name));
}

/// <summary>An event that a consumer has seen.</summary>
internal sealed record SeenEvent(string Stream, string Id, string Data, string Sequence)
{
    /// <summary>The session of a test worker that it is of: stream, worker and start.</summary>
    public string Session => string.Join('-', Id[..Id.IndexOf(':', StringComparison.Ordinal)].Split('-').Take(3));

    /// <summary>Whether a test worker of this name told it.</summary>
    public bool IsOf(string worker) => Id.StartsWith($"{Stream}-{worker}-", StringComparison.Ordinal);
}
