using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace TempSamp.Live.Delivery;

/// <summary>A transactional producer: whoever opens one of the same id later pushes it aside, and what it had not committed is never seen.</summary>
/// <remarks>
/// Messages that wait together share a transaction. The client's calls block, so they have a thread of their own. One that was pushed aside, or cannot go
/// on, is never opened again: opening would push aside whoever has the right by now.
/// </remarks>
internal sealed partial class FencedSender : IKafkaSender
{
    private const int MostTogether = 500;

    /// <summary>How often a commit whose answer did not come is asked for again, which is harmless, before the producer is given up.</summary>
    private const int CommitAttempts = 3;

    private readonly KafkaOptions _options;
    private readonly string _transactionalId;
    private readonly ILogger _logger;
    private readonly BlockingCollection<Waiting> _queue = [];
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly Thread _thread;
    private Error? _over;

    public FencedSender(KafkaOptions options, string transactionalId, ILogger logger)
    {
        (_options, _transactionalId, _logger) = (options, transactionalId, logger);
        _producer = new ProducerBuilder<byte[], byte[]>(KafkaClients.Producer(options, transactionalId)).SetLogHandler((_, line) => LogClient(line.Message)).SetErrorHandler((_, _) => { }).Build();
        _thread = new Thread(Run) { Name = $"kafka {transactionalId}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends when producers of the same id that were opened before are pushed aside; fails with a <see cref="KafkaException"/> when that cannot be done.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Whether it will never send again: another producer of the same id has come, or it broke.</summary>
    public bool IsOver => Volatile.Read(ref _over) is not null;

    /// <summary>Sends nothing more, also of what waits.</summary>
    public void GiveUp() => Volatile.Write(ref _over, new Error(ErrorCode.Local_Fenced));

    /// <inheritdoc/>
    public Task SendAsync(string topic, Message<byte[], byte[]> message, CancellationToken cancel)
    {
        var waiting = new Waiting(topic, message);
        try
        {
            _queue.Add(waiting, cancel);
        }
        catch (InvalidOperationException)   // it was given back meanwhile
        {
            throw new KafkaException(new Error(ErrorCode.Local_Fenced));
        }
        return waiting.Done.Task;
    }

    /// <summary>Sends what waits, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await Task.Run(_thread.Join);
    }

    private void Run()
    {
        Open();
        var batch = new List<Waiting>();
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (batch.Count < MostTogether && _queue.TryTake(out var more)) batch.Add(more);
            Send(batch);
            batch.Clear();
        }
        _producer.Dispose();
    }

    private void Open()
    {
        try
        {
            _producer.InitTransactions(_options.SendTimeout);
            _opened.SetResult();
        }
        catch (KafkaException error)
        {
            Volatile.Write(ref _over, error.Error);
            _opened.SetException(error);
        }
    }

    private void Send(List<Waiting> batch)
    {
        try
        {
            if (_over is { } over) throw new KafkaException(over);
            _producer.BeginTransaction();
            foreach (var waiting in batch) _producer.Produce(waiting.Topic, waiting.Message, waiting.Report);
            Commit();
            foreach (var waiting in batch) waiting.Done.TrySetResult();
        }
        catch (KafkaException error)
        {
            var cause = batch.Select(waiting => waiting.Error).FirstOrDefault(one => one is not null) ?? error.Error;
            if (!IsOver) Undo(error.Error);
            foreach (var waiting in batch) waiting.Done.TrySetException(new KafkaException(waiting.Error ?? cause, error));
        }
    }

    private void Commit()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _producer.CommitTransaction(_options.SendTimeout);
                return;
            }
            catch (KafkaRetriableException) when (attempt < CommitAttempts)
            {
                LogCommit(_transactionalId, attempt);
            }
        }
    }

    /// <summary>Undoes a transaction; where that is not to be had, nothing more is sent.</summary>
    private void Undo(Error error)
    {
        try
        {
            if (!error.IsFatal && !IsFence(error))
            {
                _producer.AbortTransaction(_options.SendTimeout);
                return;
            }
        }
        catch (KafkaException failed)
        {
            error = failed.Error;
        }
        Volatile.Write(ref _over, error);
        if (IsFence(error)) LogFenced(_transactionalId);
        else LogBroken(_transactionalId, error.Reason);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka: the producer '{Id}' cannot go on: {Reason}")]
    private partial void LogBroken(string id, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka: a commit of '{Id}' was not answered, attempt {Attempt}; it is asked for again")]
    private partial void LogCommit(string id, int attempt);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Kafka client: {Line}")]
    private partial void LogClient(string line);
}
