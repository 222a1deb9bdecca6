using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using TempSamp.Live.Contracts;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>What Kafka alone can get wrong.</summary>
public sealed class KafkaTests(Servers servers)
{
    private static int _topics;

    private async Task<KafkaOptions> OptionsAsync()
    {
        var topic = $"raw-{Environment.ProcessId}-{Interlocked.Increment(ref _topics)}";
        return new() { Servers = (await servers.KafkaAsync()).Address, ClipTopic = topic, StreamTopic = topic, Partitions = 1, Replicas = 1, SendTimeout = TimeSpan.FromSeconds(10) };
    }

    private static Message<byte[], byte[]> Message(string text, int size = 0) => new() { Key = "k"u8.ToArray(), Value = [.. Encoding.UTF8.GetBytes(text), .. new byte[size]] };

    [Fact]
    public async Task Of_two_fenced_senders_with_one_id_the_older_never_sends_again()
    {
        var options = await OptionsAsync();
        await new KafkaTopics(options).EnsureAsync(options.ClipTopic, default);
        await using var older = new FencedSender(options, options.ClipTopic, NullLogger.Instance);
        await older.SendAsync(options.ClipTopic, Message("one"), default);
        await using var newer = new FencedSender(options, options.ClipTopic, NullLogger.Instance);
        await newer.SendAsync(options.ClipTopic, Message("two"), default);
        for (var time = 0; time < 2; time++)
        {
            await Assert.ThrowsAsync<KafkaException>(() => older.SendAsync(options.ClipTopic, Message("of the woken one"), default));
            Assert.True(older.IsOver);
        }
        await newer.SendAsync(options.ClipTopic, Message("three"), default);
        Assert.Equal(["one", "two", "three"], await KafkaReader.ReadAsync(options, 3, message => Encoding.UTF8.GetString(message.Value)));
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_named_and_the_next_one_goes_through()
    {
        var options = await OptionsAsync();
        await new KafkaTopics(options).EnsureAsync(options.ClipTopic, default);
        await using IKafkaSender sender = new IdempotentSender(options, NullLogger.Instance);
        var refused = await Assert.ThrowsAnyAsync<KafkaException>(() => sender.SendAsync(options.ClipTopic, Message("large", size: 2 << 20), default));
        Assert.Contains("raise max.message.bytes", KafkaFailure.Of(refused.Error, options, options.ClipTopic, refused).Message);
        await sender.SendAsync(options.ClipTopic, Message("small"), default);
    }

    [Theory]
    [InlineData(CloudEventMode.Binary)]
    [InlineData(CloudEventMode.Structured)]
    public async Task An_event_that_waited_for_longer_than_the_topic_keeps_messages_is_not_gone_when_it_is_sent(CloudEventMode mode)
    {
        var options = await OptionsAsync();
        await new KafkaTopics(options).EnsureAsync(options.ClipTopic, default);
        await using IKafkaSender sender = new IdempotentSender(options, NullLogger.Instance);
        var told = new ToldEvent(1, "c1:1", EventTypes.ClipDetected, "match", "c1", DateTimeOffset.UnixEpoch, 1, null, "{}"u8.ToArray());
        await sender.SendAsync(options.ClipTopic, new KafkaMessages(new(Microsoft.Extensions.Options.Options.Create(new DeliveryOptions())), mode).Of(told), default);
        // Brokers delete by the message's own time, so that must not be the event's.
        var sent = Assert.Single(await KafkaReader.ReadAsync(options, 1, message => message.Timestamp.UtcDateTime));
        Assert.True(sent > DateTime.UnixEpoch.AddYears(50), $"{sent:O}");
    }

    [Fact]
    public async Task One_client_is_kept_for_every_look_and_none_that_got_no_answer()
    {
        var options = await OptionsAsync();
        using var topics = new KafkaTopics(options);
        await topics.EnsureAsync(options.ClipTopic, default);
        var client = topics.Client;
        Assert.NotNull(client);
        for (var look = 0; look < 3; look++) await topics.LookAgainAsync(default);
        Assert.Equal(client, topics.Client);

        using var nowhere = new KafkaTopics(new() { Servers = $"127.0.0.1:{FreePort.Next()}" });
        await Assert.ThrowsAsync<ChannelException>(() => nowhere.LookAgainAsync(default));
        Assert.Null(nowhere.Client);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_named()
    {
        Assert.SkipWhen(KafkaBroker.WhyAbsent is not null, KafkaBroker.WhyAbsent ?? "");
        var options = new KafkaOptions { Servers = $"127.0.0.1:{FreePort.Next()}" };
        var refused = await Assert.ThrowsAsync<ChannelException>(() => new KafkaTopics(options).EnsureAsync("any", default));
        Assert.Contains("do not answer", refused.Message);
        Assert.Contains(options.Servers, refused.Message);
    }

    [Fact]
    public async Task A_password_sent_to_brokers_without_SASL_is_named()
    {
        var options = await OptionsAsync() with { Security = KafkaSecurity.SaslPlaintext, User = "u", Password = "hidden" };
        var refused = await Assert.ThrowsAsync<ChannelException>(() => new KafkaTopics(options).EnsureAsync("any", default));
        Assert.DoesNotContain("hidden", refused.Message);
        Assert.Contains("Kafka at", refused.Message);
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("kafka", "not a topic", 2)]
    [InlineData("kafka:9092,other:9092", "clips", 0)]
    public void Settings_are_checked(string brokers, string topic, int faults)
    {
        var options = new EventsOptions { Kafka = new() { Servers = brokers, ClipTopic = topic } };
        Assert.Equal(faults, new EventsOptionsValidator().Validate(null, options).Failures?.Count() ?? 0);
    }
}
