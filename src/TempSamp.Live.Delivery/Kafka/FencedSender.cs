using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace TempSamp.Live.Delivery;

/// <summary>A transactional producer: whoever opens one of the same id later pushes it aside, and what it had not committed is never seen.</summary>
/// <remarks>Messages that wait together share a transaction. The client's calls block, so they have a thread of their own.</remarks>
internal sealed partial class FencedSender : IKafkaSender
{
    private const int MostTogether = 500;

    private readonly KafkaOptions _options;
    private readonly string _transactionalId;
    private readonly ILogger _logger;
    private readonly BlockingCollection<Waiting> _queue = [];
    private readonly Thread _thread;
    private IProducer<byte[], byte[]>? _producer;
    private Error? _fencedBy;

    public FencedSender(KafkaOptions options, string transactionalId, ILogger logger)
    {
        (_options, _transactionalId, _logger) = (options, transactionalId, logger);
        _thread = new Thread(Run) { Name = $"kafka {transactionalId}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether another producer of the same id has come: this one will never send again.</summary>
    public bool IsFenced => Volatile.Read(ref _fencedBy) is not null;

    /// <inheritdoc/>
    public Task SendAsync(string topic, Message<byte[], byte[]> message, CancellationToken cancel)
    {
        var waiting = new Waiting(topic, message);
        _queue.Add(waiting, cancel);
        return waiting.Done.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await Task.Run(_thread.Join);
        _queue.Dispose();
    }

    private void Run()
    {
        var batch = new List<Waiting>();
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (batch.Count < MostTogether && _queue.TryTake(out var more)) batch.Add(more);
            Send(batch);
            batch.Clear();
        }
        _producer?.Dispose();
    }

    private void Send(List<Waiting> batch)
    {
        try
        {
            if (_fencedBy is { } fenced) throw new KafkaException(fenced);
            var producer = _producer ??= Open();
            producer.BeginTransaction();
            foreach (var waiting in batch) producer.Produce(waiting.Topic, waiting.Message, waiting.Report);
            producer.CommitTransaction(_options.SendTimeout);
            foreach (var waiting in batch) waiting.Done.TrySetResult();
        }
        catch (KafkaException error)
        {
            var cause = batch.Select(waiting => waiting.Error).FirstOrDefault(one => one is not null) ?? error.Error;
            Recover(error.Error);
            foreach (var waiting in batch) waiting.Done.TrySetException(new KafkaException(waiting.Error ?? cause, error));
        }
    }

    private IProducer<byte[], byte[]> Open()
    {
        var producer = new ProducerBuilder<byte[], byte[]>(KafkaClients.Producer(_options, _transactionalId)).SetLogHandler((_, line) => LogClient(line.Message)).SetErrorHandler((_, _) => { }).Build();
        try
        {
            producer.InitTransactions(_options.SendTimeout);
            return producer;
        }
        catch
        {
            producer.Dispose();
            throw;
        }
    }

    /// <summary>Undoes a transaction; a producer that cannot is made anew, and one that was pushed aside is not.</summary>
    private void Recover(Error error)
    {
        if (IsFence(error))
        {
            Volatile.Write(ref _fencedBy, error);
            LogFenced(_transactionalId);
        }
        try
        {
            if (!error.IsFatal && _producer is { } producer)
            {
                producer.AbortTransaction(_options.SendTimeout);
                return;
            }
        }
        catch (KafkaException failed)
        {
            if (IsFence(failed.Error)) Volatile.Write(ref _fencedBy, failed.Error);
            LogAbort(failed, _transactionalId, failed.Error.Reason);
        }
        _producer?.Dispose();
        _producer = null;
    }

    private static bool IsFence(Error error) => error.Code is ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch;

    private sealed class Waiting(string topic, Message<byte[], byte[]> message)
    {
        public string Topic => topic;

        public Message<byte[], byte[]> Message => message;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Error? Error { get; private set; }

        public void Report(DeliveryReport<byte[], byte[]> report) => Error = report.Error.IsError ? report.Error : null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka: another worker has opened '{Id}', so this one publishes nothing more under it")]
    private partial void LogFenced(string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka: a transaction of '{Id}' could not be undone, so its producer is made anew: {Reason}")]
    private partial void LogAbort(Exception error, string id, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Kafka client: {Line}")]
    private partial void LogClient(string line);
}
