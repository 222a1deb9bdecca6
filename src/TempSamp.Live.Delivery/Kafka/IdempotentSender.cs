using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace TempSamp.Live.Delivery;

/// <summary>An idempotent producer that is made anew after a fatal error: such a producer never works again.</summary>
internal sealed partial class IdempotentSender(KafkaOptions options, ILogger logger) : IKafkaSender
{
    private static readonly TimeSpan _flushTime = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private IProducer<byte[], byte[]>? _producer;
    private volatile Error? _lastError;

    /// <inheritdoc/>
    public Task SendAsync(string topic, Message<byte[], byte[]> message, CancellationToken cancel) => SendAsync(new TopicPartition(topic, Partition.Any), message, cancel);

    /// <summary>The same, into one partition.</summary>
    public async Task SendAsync(TopicPartition where, Message<byte[], byte[]> message, CancellationToken cancel)
    {
        var producer = Producer();
        try
        {
            await producer.ProduceAsync(where, message, cancel);
            _lastError = null;
        }
        catch (ProduceException<byte[], byte[]> error)
        {
            if (error.Error.IsFatal || error.Error.Code == ErrorCode.Local_Fatal) Replace(producer, error.Error);
            if (error.Error.Code == ErrorCode.Local_MsgTimedOut && _lastError is { } cause) throw new KafkaException(cause, error);   // why it timed out
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        IProducer<byte[], byte[]>? producer;
        lock (_gate) (producer, _producer) = (_producer, null);
        if (producer is not null) await Task.Run(() => Close(producer));
    }

    private IProducer<byte[], byte[]> Producer()
    {
        lock (_gate)
            return _producer ??= new ProducerBuilder<byte[], byte[]>(KafkaClients.Producer(options, null))
                .SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, line) => LogClient(line.Message)).Build();
    }

    private void Note(Error error)
    {
        if (error.Code is ErrorCode.Local_AllBrokersDown && _lastError is not null) return;   // the reason came before
        _lastError = error;
        LogError(error.Code, error.Reason);
    }

    private void Replace(IProducer<byte[], byte[]> broken, Error error)
    {
        lock (_gate)
        {
            if (_producer != broken) return;
            _producer = null;
        }
        LogFatal(error.Reason);
        broken.Dispose();
    }

    private static void Close(IProducer<byte[], byte[]> producer)
    {
        producer.Flush(_flushTime);
        producer.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka: {Code}: {Reason}")]
    private partial void LogError(ErrorCode code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Kafka: the producer has broken for good and is made anew: {Reason}")]
    private partial void LogFatal(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Kafka client: {Line}")]
    private partial void LogClient(string line);
}
