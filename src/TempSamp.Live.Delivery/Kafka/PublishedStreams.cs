using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>The streams that are published to the workers of a group: the newest settings of each, in a compacted topic.</summary>
public sealed partial class PublishedStreams(IOptions<EventsOptions> events, IOptions<AssignmentOptions> options, ILogger<PublishedStreams> logger) : IDisposable
{
    /// <summary>Wait after the topic could not be read.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly KafkaOptions _kafka = events.Value.Kafka;
    private readonly KafkaTopics _topics = new(events.Value.Kafka);

    private string Topic => options.Value.Topic;

    /// <summary>Publishes a stream's settings in place of what was published, or takes the stream away.</summary>
    /// <param name="id">The stream.</param>
    /// <param name="settings">Its settings as JSON; null takes it away.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <exception cref="IOException">The brokers do not take it.</exception>
    public async Task PutAsync(string id, string? settings, CancellationToken cancel)
    {
        var partition = new TopicPartition(Topic, StreamShares.Of(id, await CountAsync(cancel)));
        using var producer = new ProducerBuilder<byte[], byte[]>(KafkaClients.Producer(_kafka, null)).SetLogHandler((_, _) => { }).Build();
        try
        {
            await producer.ProduceAsync(partition, new() { Key = Encoding.UTF8.GetBytes(id), Value = settings is null ? null! : Encoding.UTF8.GetBytes(settings) }, cancel);
        }
        catch (KafkaException error)
        {
            throw new IOException(KafkaFailure.Of(error.Error, _kafka, Topic, error).Message, error);
        }
    }

    /// <summary>All published streams by id, whole, each time they change. The first set comes when the topic has been read to its end.</summary>
    /// <exception cref="IOException">The topic is missing and may not be made, or the brokers do not answer when first asked; later troubles are waited out.</exception>
    public async IAsyncEnumerable<IReadOnlyDictionary<string, string>> WatchAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var partitions = await CountAsync(cancel);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var sets = Channel.CreateBounded<IReadOnlyDictionary<string, string>>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });
        var thread = new Thread(() => Read(partitions, sets.Writer, reading.Token)) { Name = "kafka streams", IsBackground = true };
        thread.Start();
        try
        {
            await foreach (var set in sets.Reader.ReadAllAsync(cancel)) yield return set;
        }
        finally
        {
            await reading.CancelAsync();
            await Task.Run(thread.Join);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _topics.Dispose();

    private async Task<int> CountAsync(CancellationToken cancel)
    {
        try
        {
            return await _topics.EnsureCompactedAsync(Topic, options.Value.Partitions, cancel);
        }
        catch (ChannelException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    private void Read(int partitions, ChannelWriter<IReadOnlyDictionary<string, string>> sets, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                Follow(partitions, sets, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                break;
            }
            catch (KafkaException error)
            {
                LogBroken(error, Topic, error.Error.Reason);
                cancel.WaitHandle.WaitOne(_pause);
            }
        }
        sets.Complete();
    }

    private void Follow(int partitions, ChannelWriter<IReadOnlyDictionary<string, string>> sets, CancellationToken cancel)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(KafkaClients.Reader(_kafka)).SetErrorHandler((_, error) => LogError(error.Reason)).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(Topic, partition, Offset.Beginning)));
        var (streams, unread) = (new Dictionary<string, string>(StringComparer.Ordinal), Enumerable.Range(0, partitions).ToHashSet());
        while (true)
        {
            var read = consumer.Consume(cancel);
            var isNews = read.IsPartitionEOF ? unread.Remove(read.Partition.Value) : Take(read, partitions, streams);
            if (isNews && unread.Count == 0) sets.TryWrite(new Dictionary<string, string>(streams, StringComparer.Ordinal));
        }
    }

    private bool Take(ConsumeResult<byte[], byte[]> read, int partitions, Dictionary<string, string> streams)
    {
        var id = Encoding.UTF8.GetString(read.Message.Key ?? []);
        if (ShareLetter.IsKey(id)) return false;   // an event that is handed over, for whoever holds the share
        if (StreamShares.Of(id, partitions) != read.Partition.Value)
        {
            LogMisplaced(Topic, id, read.Partition.Value);
            return false;
        }
        if (read.Message.Value is not { Length: > 0 } settings) return streams.Remove(id);
        streams[id] = Encoding.UTF8.GetString(settings);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Topic {Topic}: stream '{Id}' in partition {Partition} is left out: it was published with another partitioner. Use tempsamp-live streams, or murmur2 as Java clients do")]
    private partial void LogMisplaced(string topic, string id, int partition);

    [LoggerMessage(Level = LogLevel.Error, Message = "Topic {Topic} cannot be read and is tried again: {Reason}")]
    private partial void LogBroken(Exception error, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka: {Reason}")]
    private partial void LogError(string reason);
}
