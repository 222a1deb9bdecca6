using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Extensions;
using CloudNative.CloudEvents.SystemTextJson;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TempSamp.Live.Contracts;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>What every channel must do: all events arrive, each stream's in order, as valid CloudEvents, and a restart repeats none that was confirmed.</summary>
public abstract class ChannelConformance : IDisposable
{
    private const int Streams = 4, Sessions = 6;

    private static readonly CloudEventAttribute[] _extensions = [.. Partitioning.AllAttributes, .. Sequence.AllAttributes, CloudEventAttribute.CreateExtension("traceparent", CloudEventAttributeType.String)];

    protected DeliveryFixture Delivery { get; } = new();

    public virtual void Dispose()
    {
        Delivery.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Options with the channel on.</summary>
    protected abstract Task<EventsOptions> OptionsAsync();

    /// <summary>Every event that came out so far, oldest first in each stream.</summary>
    protected abstract Task<IReadOnlyList<CloudEvent>> ReceivedAsync(RunningDelivery running, int count);

    [Fact]
    public async Task All_events_arrive_in_the_order_of_their_streams_and_a_restart_repeats_none()
    {
        var options = await OptionsAsync();
        IReadOnlyList<CloudEvent> received = [];
        for (var run = 0; run < 2; run++)
        {
            await using var running = await StartAsync(options);
            await Task.WhenAll(Enumerable.Range(0, Streams).Select(stream => Task.Run(async () =>
            {
                for (var session = run * Sessions; session < (run + 1) * Sessions; session++)
                {
                    await running.Events.PublishAsync(Delivery.Online($"s{stream}", session), default);
                    await running.Events.PublishAsync(Delivery.Detected($"c-{stream}-{session}", $"s{stream}"), default);
                    await running.Events.PublishAsync(Delivery.Failed($"c-{stream}-{session}") with { Plan = DeliveryFixture.Plan($"c-{stream}-{session}", $"s{stream}") }, default);
                    await running.Events.PublishAsync(Delivery.Offline($"s{stream}", session), default);
                }
            })));
            await running.Pumps.DrainAsync(default);
            received = await ReceivedAsync(running, Streams * Sessions * 4 * (run + 1));
        }

        Assert.Equal(Streams * Sessions * 4 * 2, received.Count);
        Assert.Equal(received.Count, received.Select(one => one.Id).Distinct().Count());
        foreach (var stream in received.GroupBy(one => (string)one["partitionkey"]!))
            foreach (var kind in stream.GroupBy(OrderedBy))
                Assert.Equal(kind.Select(one => (string)one["sequence"]!).Order(StringComparer.Ordinal), kind.Select(one => (string)one["sequence"]!));
        Assert.All(received, one =>
        {
            one.Validate();
            Assert.Equal($"/streams/{one["partitionkey"]}", one.Source!.ToString());
            Assert.Equal("application/json", one.DataContentType);
        });
    }

    /// <summary>What keeps its order: a stream; where a channel splits its events, the parts.</summary>
    protected virtual string OrderedBy(CloudEvent one) => "";

    protected Task<RunningDelivery> StartAsync(EventsOptions options) => RunningDelivery.StartAsync(Delivery.Root, TimeProvider.System, services => services
        .AddSingleton<ResolveAddress>(async (host, cancel) => await Dns.GetHostAddressesAsync(host, cancel))
        .Replace(ServiceDescriptor.Singleton(Microsoft.Extensions.Options.Options.Create(options))));

    protected static CloudEvent Read(ReadOnlyMemory<byte> structured) => new JsonEventFormatter().DecodeStructuredModeMessage(structured, null, _extensions);

    /// <summary>An event from attributes and payload.</summary>
    protected static CloudEvent Read(IEnumerable<(string Name, string Value)> attributes, string contentType, ReadOnlyMemory<byte> data)
    {
        var all = attributes.ToList();
        var one = new CloudEvent(CloudEventsSpecVersion.FromVersionId(all.Single(attribute => attribute.Name == "specversion").Value)!, _extensions) { DataContentType = contentType };
        foreach (var (name, value) in all.Where(attribute => attribute.Name != "specversion")) one.SetAttributeFromString(name, value);
        new JsonEventFormatter().DecodeBinaryModeEventData(data, one);
        return one;
    }
}

/// <summary>The journal.</summary>
public sealed class JournalChannelTests : ChannelConformance
{
    protected override Task<EventsOptions> OptionsAsync() => Task.FromResult(new EventsOptions());

    protected override Task<IReadOnlyList<CloudEvent>> ReceivedAsync(RunningDelivery running, int count) => Task.FromResult(Delivery.Lines());
}

/// <summary>The feed that server-sent events are made of.</summary>
public sealed class FeedChannelTests : ChannelConformance
{
    protected override Task<EventsOptions> OptionsAsync() => Task.FromResult(new EventsOptions { Journal = false });

    protected override async Task<IReadOnlyList<CloudEvent>> ReceivedAsync(RunningDelivery running, int count)
    {
        var writer = running.Services.GetRequiredService<CloudEventWriter>();
        var received = new List<CloudEvent>();
        await foreach (var told in running.Feed.ReadAsync(0, default))
        {
            received.Add(Read(writer.Structured(told)));
            if (received.Count == count) break;
        }
        return received;
    }
}

/// <summary>Server-sent events, read by the consumer that the contracts bring along, over a connection that breaks now and then.</summary>
public sealed class ServerSentEventTests : ChannelConformance
{
    private const int EventsAConnection = 60;

    protected override Task<EventsOptions> OptionsAsync() => Task.FromResult(new EventsOptions { Journal = false });

    protected override async Task<IReadOnlyList<CloudEvent>> ReceivedAsync(RunningDelivery running, int count)
    {
        await using var server = new EventServer(running.Services.GetRequiredService<ServerSentEvents>(), EventsAConnection);
        using var http = new HttpClient { BaseAddress = new(server.Address) };
        using var inbox = EventInbox.Open(Path.Combine(Delivery.Root, "inbox"));
        var bodies = running.State.Read(db => EventTable.After(db, 0, int.MaxValue)).ToDictionary(told => told.Id);
        await foreach (var one in LiveEvents.FollowAsync(http, inbox, cancel: TestContext.Current.CancellationToken))
        {
            var told = bodies[one.Id];
            _received.Add(Read(running.Services.GetRequiredService<CloudEventWriter>().Structured(told)));
            Assert.Equal((told.Type, told.Subject, told.At), (one.Type, one.Subject, one.Time));
            Assert.NotNull(one.Data);
            if (_received.Count == count) break;   // the last one is not handled, so it comes again after the restart
        }
        _received.RemoveAt(_received.Count - 1);
        Assert.True(server.Connections > 1);
        await foreach (var one in LiveEvents.FollowAsync(http, inbox, cancel: TestContext.Current.CancellationToken))
        {
            _received.Add(Read(running.Services.GetRequiredService<CloudEventWriter>().Structured(bodies[one.Id])));
            inbox.Handled(one, bodies[one.Id].Seq.ToString(CultureInfo.InvariantCulture));
            break;
        }
        return _received;
    }

    private readonly List<CloudEvent> _received = [];

    [Fact]
    public async Task A_reader_hears_something_when_nothing_happens()
    {
        await using var running = await StartAsync(await OptionsAsync());
        await using var server = new EventServer(running.Services.GetRequiredService<ServerSentEvents>(), 1);
        using var http = new HttpClient();
        using var lines = new StreamReader(await http.GetStreamAsync(new Uri(server.Address), TestContext.Current.CancellationToken));
        for (var comments = 0; comments < 3;) if (await lines.ReadLineAsync(TestContext.Current.CancellationToken) == ":") comments++;
        await running.Events.PublishAsync(Delivery.Online(), default);
        var told = new List<string?>();
        while (told.Count < 3) if (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 1 } line) told.Add(line);
        Assert.StartsWith("id: ", told[0]);
        Assert.Equal("event: " + EventTypes.StreamOnline, told[1]);
        Assert.StartsWith("data: {\"specversion\":\"1.0\"", told[2]);
    }

    /// <summary>A small HTTP server for them that cuts each connection off after so many events.</summary>
    private sealed class EventServer : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly ServerSentEvents _events;
        private readonly int _most;
        private readonly Task _serving;
        private int _connections;

        public EventServer(ServerSentEvents events, int most)
        {
            (_events, _most, Address) = (events, most, $"http://127.0.0.1:{FreePort.Next()}/");
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _serving = ServeAsync();
        }

        public string Address { get; }

        public int Connections => Volatile.Read(ref _connections);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Close();
            await _serving;
            _stop.Dispose();
        }

        private async Task ServeAsync()
        {
            var answers = new List<Task>();
            try
            {
                while (true) answers.Add(AnswerAsync(await _listener.GetContextAsync()));
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                await Task.WhenAll(answers);
            }
        }

        private async Task AnswerAsync(HttpListenerContext context)
        {
            Interlocked.Increment(ref _connections);
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var left = _most;
            context.Response.SendChunked = true;
            var after = long.TryParse(context.Request.Headers["Last-Event-ID"], CultureInfo.InvariantCulture, out var last) ? last : (long?)null;
            try
            {
                await _events.WriteAsync(context.Response.OutputStream, after, _ =>
                {
                    if (left-- == 0) cut.Cancel();
                    return true;
                }, TimeSpan.FromMilliseconds(20), cut.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or HttpListenerException or ObjectDisposedException)   // cut off, or the reader has gone
            {
                context.Response.Abort();
            }
        }
    }
}

/// <summary>A webhook.</summary>
public sealed class WebhookChannelTests : ChannelConformance
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAA=";

    private readonly HookReceiver _receiver = new();

    public override void Dispose()
    {
        _receiver.Dispose();
        base.Dispose();
    }

    protected override Task<EventsOptions> OptionsAsync() =>
        Task.FromResult(new EventsOptions { Journal = false, Webhooks = new Dictionary<string, WebhookOptions> { ["editors"] = new() { Url = _receiver.Url, Secret = Secret, GiveUpAfter = TimeSpan.FromDays(10_000) } } });

    protected override Task<IReadOnlyList<CloudEvent>> ReceivedAsync(RunningDelivery running, int count) =>
        Task.FromResult<IReadOnlyList<CloudEvent>>([.. _receiver.Requests.Select(request => Read(request.Body))]);

    [Fact]
    public async Task Requests_are_signed_as_Standard_Webhooks_says()
    {
        await using (var running = await StartAsync(await OptionsAsync())) await running.Events.PublishAsync(Delivery.Online(), default);
        var (headers, body) = _receiver.Requests.First();
        var signed = Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{Encoding.UTF8.GetString(body.Span)}");
        Assert.Equal("v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), signed)), headers["webhook-signature"]);
        Assert.Equal("match-s1:online", headers["webhook-id"]);
        Assert.Equal(CloudEventWriter.StructuredType, headers["Content-Type"]);
    }

    [Fact]
    public async Task A_receiver_that_fails_is_tried_again_and_one_that_refuses_for_good_leaves_a_dead_letter_that_can_be_replayed()
    {
        _receiver.Answers.Enqueue(500);
        _receiver.Answers.Enqueue(422);
        await using var running = await StartAsync(await OptionsAsync());
        await running.Events.PublishAsync(Delivery.Online(), default);
        await running.Pumps.DrainAsync(default);
        var letters = running.Services.GetRequiredService<IDeadLetters>();
        var letter = Assert.Single(letters.List(10));
        Assert.Equal(("webhook:editors", "match-s1:online", 2), (letter.Channel, letter.Event.Id, letter.Attempts));
        Assert.Contains("422", letter.Error);

        Assert.Equal(1, await letters.ReplayAsync("webhook:editors", null));
        await running.Pumps.DrainAsync(default);
        Assert.Empty(letters.List(10));
        Assert.Equal(3, _receiver.Requests.Count);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_counts_as_a_refusal()
    {
        _receiver.Answers.Enqueue(302);
        await using var running = await StartAsync(await OptionsAsync());
        await running.Events.PublishAsync(Delivery.Online(), default);
        await running.Pumps.DrainAsync(default);
        Assert.Equal(2, _receiver.Requests.Count);
    }

    /// <summary>A small HTTP server that keeps what it is sent.</summary>
    private sealed class HookReceiver : IDisposable
    {
        private readonly HttpListener _listener = new();

        public HookReceiver()
        {
            Url = $"http://127.0.0.1:{FreePort.Next()}/hook/";
            _listener.Prefixes.Add(Url);
            _listener.Start();
            _ = ServeAsync();
        }

        public string Url { get; }

        public ConcurrentQueue<int> Answers { get; } = [];

        public ConcurrentQueue<(IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)> Requests { get; } = [];

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                Requests.Enqueue((context.Request.Headers.AllKeys.ToDictionary(key => key!, key => context.Request.Headers[key]!, StringComparer.OrdinalIgnoreCase), body.ToArray()));
                context.Response.StatusCode = Answers.TryDequeue(out var answer) ? answer : 200;
                if (answer == 302) context.Response.RedirectLocation = "http://169.254.169.254/";
                context.Response.Close();
            }
        }
    }
}

/// <summary>Kafka in binary mode.</summary>
public class KafkaChannelTests(Servers servers) : ChannelConformance
{
    private static int _topics;

    private readonly string _topic = $"clips-{Environment.ProcessId}-{Interlocked.Increment(ref _topics)}";

    protected virtual CloudEventMode Mode => CloudEventMode.Binary;

    protected override async Task<EventsOptions> OptionsAsync() => new()
    {
        Journal = false,
        Kafka = new() { Servers = (await servers.KafkaAsync()).Address, ClipTopic = _topic, StreamTopic = _topic + "-streams", Mode = Mode, Partitions = 3, Replicas = 1 },
    };

    protected override async Task<IReadOnlyList<CloudEvent>> ReceivedAsync(RunningDelivery running, int count)
    {
        var kafka = (await OptionsAsync()).Kafka;
        return await KafkaReader.ReadAsync(kafka, count, message => Mode == CloudEventMode.Structured
            ? Read(message.Value)
            : Read(message.Headers.Where(header => header.Key.StartsWith("ce_", StringComparison.Ordinal)).Select(header => (header.Key[3..], Encoding.UTF8.GetString(header.GetValueBytes()))),
                Encoding.UTF8.GetString(message.Headers.GetLastBytes("content-type")), message.Value));
    }

    protected override string OrderedBy(CloudEvent one) => one.Type!.Contains(".stream.", StringComparison.Ordinal) ? "streams" : "clips";

    [Fact]
    public async Task A_missing_topic_that_may_not_be_made_is_named_and_events_wait_until_it_is_there()
    {
        var options = await OptionsAsync();
        await using (var running = await StartAsync(options with { Kafka = options.Kafka with { CreateTopics = false } }))
        {
            await running.Events.PublishAsync(Delivery.Online(), default);
            await Until.TrueAsync("the trouble", TimeSpan.FromSeconds(20), () => Task.FromResult(running.Pumps.All[0].Trouble is not null));
            Assert.Contains("does not exist; create it, or set Events:Kafka:CreateTopics", running.Pumps.All[0].Trouble);
            await running.CrashAsync();
        }
        await using (var running = await StartAsync(options))
        {
            await running.Pumps.DrainAsync(default);
            Assert.Equal(["match-s1:online", "match-s1:offline"], (await ReceivedAsync(running, 2)).Select(one => one.Id));
        }
    }
}

/// <summary>Kafka in structured mode.</summary>
public sealed class KafkaStructuredTests(Servers servers) : KafkaChannelTests(servers)
{
    protected override CloudEventMode Mode => CloudEventMode.Structured;
}

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
