using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

public sealed class PublishedStreamsTests(Servers servers)
{
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Streams_are_in_the_partition_that_Java_clients_use(string id, int hash) => Assert.Equal((hash & 0x7fffffff) % 1009, StreamShares.Of(id, 1009));

    [Fact]
    public async Task Streams_that_are_put_and_taken_away_are_seen_by_whoever_watches_and_by_whoever_comes_later()
    {
        var (published, topic, kafka) = await NewAsync();
        await using var watch = published.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(default);
        Assert.True(await watch.MoveNextAsync());
        Assert.Empty(watch.Current);

        await published.PutAsync("a", "1", default);
        await published.PutAsync("b", "2", default);
        await published.PutAsync("a", "3", default);
        await published.PutAsync("b", null, default);
        do Assert.True(await watch.MoveNextAsync());
        while (watch.Current.GetValueOrDefault("a") != "3" || watch.Current.Count != 1);

        await foreach (var later in published.WatchAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal([KeyValuePair.Create("a", "3")], later);
            break;
        }
        using var admin = new AdminClientBuilder(new AdminClientConfig(KafkaClients.Common(kafka))).Build();
        var settings = await admin.DescribeConfigsAsync([new() { Type = Confluent.Kafka.Admin.ResourceType.Topic, Name = topic }]);
        Assert.Equal("compact", settings[0].Entries["cleanup.policy"].Value);
    }

    [Fact]
    public async Task A_stream_that_was_published_into_a_foreign_partition_is_left_out()
    {
        var (published, topic, kafka) = await NewAsync();
        await published.PutAsync("a", "1", default);
        using var producer = new ProducerBuilder<byte[], byte[]>(KafkaClients.Producer(kafka, null)).Build();
        await producer.ProduceAsync(new TopicPartition(topic, (StreamShares.Of("b", 3) + 1) % 3), new() { Key = "b"u8.ToArray(), Value = Encoding.UTF8.GetBytes("2") }, TestContext.Current.CancellationToken);
        await foreach (var streams in published.WatchAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal(["a"], streams.Keys);
            break;
        }
    }

    [Fact]
    public async Task A_topic_that_forgets_is_not_used()
    {
        var (published, topic, kafka) = await NewAsync();
        await new KafkaTopics(kafka).EnsureAsync(topic, default);
        Assert.Contains("set cleanup.policy=compact", (await Assert.ThrowsAsync<IOException>(() => published.PutAsync("a", "1", default))).Message);
    }

    [Fact]
    public async Task Brokers_that_are_not_there_are_named()
    {
        Assert.SkipWhen(KafkaBroker.WhyAbsent is not null, KafkaBroker.WhyAbsent ?? "");
        var nowhere = new PublishedStreams(Of(new KafkaOptions { Servers = $"127.0.0.1:{FreePort.Next()}" }), Microsoft.Extensions.Options.Options.Create(new AssignmentOptions()), NullLogger<PublishedStreams>.Instance);
        Assert.Contains("do not answer", (await Assert.ThrowsAsync<IOException>(() => nowhere.PutAsync("a", "1", default))).Message);
    }

    [Fact]
    public void Settings_of_the_group_are_checked()
    {
        var validator = new AssignmentOptionsValidator();
        Assert.True(validator.Validate(null, new()).Succeeded);
        Assert.Equal(5, validator.Validate(null, new() { Topic = "not a topic", Partitions = 0, Group = "", SessionTimeout = TimeSpan.FromSeconds(5), DrainTime = TimeSpan.FromHours(1) }).Failures!.Count());
        Assert.Contains("Events:Kafka:Servers", AssignmentOptionsValidator.FaultBetween(new() { Kind = AssignmentKind.Kafka }, new()));
        Assert.Null(AssignmentOptionsValidator.FaultBetween(new() { Kind = AssignmentKind.Kafka }, new() { Kafka = new() { Servers = "kafka:9092" } }));
        Assert.Null(AssignmentOptionsValidator.FaultBetween(new(), new()));
    }

    private async Task<(PublishedStreams Published, string Topic, KafkaOptions Kafka)> NewAsync()
    {
        var topic = $"published-{Guid.NewGuid():N}";
        var kafka = new KafkaOptions { Servers = (await servers.KafkaAsync()).Address, Replicas = 1 };
        return (new(Of(kafka), Microsoft.Extensions.Options.Options.Create(new AssignmentOptions { Topic = topic, Partitions = 3 }), NullLogger<PublishedStreams>.Instance), topic, kafka);
    }

    private static Microsoft.Extensions.Options.IOptions<EventsOptions> Of(KafkaOptions kafka) => Microsoft.Extensions.Options.Options.Create(new EventsOptions { Kafka = kafka });
}
