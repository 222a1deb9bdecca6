using System.Text;
using CloudNative.CloudEvents;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

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
            await Until.TrueAsync("the trouble", TimeSpan.FromMinutes(1), () => Task.FromResult(running.Pumps.All[0].Trouble is not null));
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
