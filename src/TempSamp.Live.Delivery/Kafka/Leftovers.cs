using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>
/// What a worker had told and could not publish before the stream became another worker's, as when it was killed: handed to that worker through the streams' topic, so that
/// only the holder of a stream ever publishes it, and nothing waits for the stream to come back.
/// </summary>
/// <remarks>
/// <code>
///   here    event in the outbox, its stream's share held elsewhere ──> a letter in the share's partition ──> confirmed: out of this outbox
///   there   partition read to its end: letters that nobody has cleared away ──> outbox, as the stream's next event ──> letter cleared away ──> published
/// </code>
/// What breaks in between is done again, so an event may be published twice under its id, and never not at all.
/// </remarks>
internal sealed partial class Leftovers(
    IOptions<AssignmentOptions> assignments, StateDatabase state, EventSignal signal, EventChannels channels, HeldShares shares, GroupMembership membership,
    KafkaSenders senders, TimeProvider time, ILogger<Leftovers> logger) : BackgroundService
{
    /// <summary>How often it is looked for something to hand over, and the wait after trouble.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);

    private readonly string _topic = assignments.Value.Topic;
    private readonly Dictionary<int, OrderedDictionary<string, byte[]>?> _unread = [];
    private readonly Channel<Arrival> _arrived = Channel.CreateUnbounded<Arrival>(new() { SingleReader = true });   // as many as the topic holds: a few, for a moment

    /// <summary>A share is assigned, and its partition is read from the beginning. Of the group's thread.</summary>
    public void Begin(int share) => _unread[share] = [];

    /// <summary>Takes note of a message of the streams' topic, or of a partition's end. Of the group's thread.</summary>
    public void Note(ConsumeResult<byte[], byte[]> read)
    {
        var share = read.Partition.Value;
        var unread = _unread.GetValueOrDefault(share);
        if (read.IsPartitionEOF)
        {
            _unread[share] = null;
            foreach (var (key, value) in unread ?? []) _arrived.Writer.TryWrite(new(share, key, value));
            return;
        }
        if (Encoding.UTF8.GetString(read.Message.Key ?? []) is var name && !ShareLetter.IsKey(name)) return;
        var isCleared = read.Message.Value is not { Length: > 0 };
        if (unread is null && !isCleared) _arrived.Writer.TryWrite(new(share, name, read.Message.Value));
        else if (isCleared) unread?.Remove(name);
        else unread![name] = read.Message.Value;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (assignments.Value.Kind != AssignmentKind.Kafka) return;
        try
        {
            while (true)
            {
                await TryAsync(stoppingToken);
                await Task.WhenAny(_arrived.Reader.WaitToReadAsync(stoppingToken).AsTask(), Task.Delay(_look, time, stoppingToken));
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task TryAsync(CancellationToken cancel)
    {
        try
        {
            while (_arrived.Reader.TryPeek(out var arrival))
            {
                await TakeAsync(arrival, cancel);
                _arrived.Reader.TryRead(out _);
            }
            if (membership.Trouble is null)
                foreach (var stream in state.Read(EventTable.SharedStreams).Where(shares.IsElsewhere)) await GiveAsync(stream, cancel);
        }
        catch (Exception error) when (error is KafkaException or IOException or SqliteException)   // brokers or state: everything is still where it was
        {
            LogLater(error, _topic, error.Message);
            await Task.Delay(_look, time, cancel);
        }
    }

    private async Task GiveAsync(string stream, CancellationToken cancel)
    {
        foreach (var (told, waiting) in state.Read(db => EventTable.Shared(db, stream)))
        {
            var letter = new ShareLetter(new(told.Id, told.Type, told.StreamId, told.Subject, told.At, told.Data.ToArray()), told.Trace, waiting);
            await SendAsync(shares.ShareOf(stream), letter.Key, letter.Write(), cancel);
            await state.WriteAsync(db => waiting.Count(channel => EventTable.Confirm(db, channel, told, time.GetUtcNow())));
            LogGiven(told.Id, stream);
        }
    }

    private async Task TakeAsync(Arrival arrival, CancellationToken cancel)
    {
        if (!shares.Numbers.Contains(arrival.Share)) return;   // it moved on meanwhile: its new holder reads the letter, too
        try
        {
            var letter = ShareLetter.Read(arrival.Value);
            await state.WriteAsync(db => EventTable.Take(db, letter, channels.Names));
            signal.Told(letter.Event.StreamId);
            LogTaken(letter.Event.Id, letter.Event.StreamId);
        }
        catch (JsonException error)
        {
            LogForeign(error, _topic, arrival.Key);
        }
        await SendAsync(arrival.Share, arrival.Key, null, cancel);
    }

    private Task SendAsync(int share, string key, byte[]? value, CancellationToken cancel) =>
        senders.Plain.SendAsync(new TopicPartition(_topic, share), new() { Key = Encoding.UTF8.GetBytes(key), Value = value! }, cancel);

    private sealed record Arrival(int Share, string Key, byte[] Value);

    [LoggerMessage(Level = LogLevel.Information, Message = "Event {Id} of stream {Stream} was told here and not published before the stream moved; it is handed over to the worker that runs it now")]
    private partial void LogGiven(string id, string stream);

    [LoggerMessage(Level = LogLevel.Information, Message = "Event {Id} of stream {Stream}, which another worker had told, is published from here")]
    private partial void LogTaken(string id, string stream);

    [LoggerMessage(Level = LogLevel.Error, Message = "Topic {Topic}: '{Key}' is no event that a worker hands over, and is removed")]
    private partial void LogForeign(Exception error, string topic, string key);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Topic {Topic}: events cannot be handed over now and this is tried again: {Reason}")]
    private partial void LogLater(Exception error, string topic, string reason);
}
