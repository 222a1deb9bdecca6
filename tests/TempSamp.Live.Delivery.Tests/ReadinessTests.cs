using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>Trouble is known without a clip or an event that meets it, and its end too.</summary>
public sealed class ReadinessTests(Servers servers) : IDisposable
{
    private readonly DeliveryFixture _delivery = new();

    public void Dispose() => _delivery.Dispose();

    [Fact]
    public async Task A_store_that_is_away_is_told_before_the_first_clip_and_forgotten_when_it_is_back()
    {
        var store = new FaultyStore(_delivery);
        store.Refuse(times: int.MaxValue);
        await using var running = await _delivery.StartAsync(store.Use);
        var health = running.Services.GetRequiredService<IDeliveryHealth>();

        await _delivery.PassTimeAsync("the store's trouble", () => health.StoreTrouble is not null);
        Assert.Equal("the faulty store is away", health.StoreTrouble);

        store.Refuse(times: 0);
        await _delivery.PassTimeAsync("the store's recovery", () => health.StoreTrouble is null);
    }

    [Fact]
    public async Task A_topic_that_nobody_made_is_told_before_the_first_event_and_forgotten_when_somebody_makes_it()
    {
        var address = (await servers.KafkaAsync()).Address;
        var kafka = new KafkaOptions { Servers = address, ClipTopic = $"ready-{Guid.NewGuid():N}", StreamTopic = $"ready-{Guid.NewGuid():N}", CreateTopics = false, Replicas = 1 };
        await using var running = await _delivery.StartAsync(services => services.Replace(ServiceDescriptor.Singleton(Options.Create(new EventsOptions { Kafka = kafka }))));
        var health = running.Services.GetRequiredService<IDeliveryHealth>();
        string? Trouble() => health.Channels.Single(channel => channel.Name == KafkaChannel.ChannelName).Trouble;

        await _delivery.PassTimeAsync("the broker's trouble", () => Trouble() is not null);
        Assert.Contains("set Events:Kafka:CreateTopics to true", Trouble());

        var maker = new KafkaTopics(kafka with { CreateTopics = true });
        await maker.EnsureAsync(kafka.ClipTopic, default);
        await maker.EnsureAsync(kafka.StreamTopic, default);
        await _delivery.PassTimeAsync("the broker's recovery", () => Trouble() is null);
    }

    [Fact]
    public async Task An_event_that_is_too_large_is_kept_and_told_and_sent_when_the_topic_takes_it()
    {
        var kafka = new KafkaOptions { Servers = (await servers.KafkaAsync()).Address, ClipTopic = $"small-{Guid.NewGuid():N}", StreamTopic = $"small-{Guid.NewGuid():N}", Partitions = 1, Replicas = 1 };
        using var admin = new AdminClientBuilder(new AdminClientConfig(KafkaClients.Common(kafka))).SetLogHandler((_, _) => { }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = kafka.ClipTopic, NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["max.message.bytes"] = "500" } }]);
        await using var running = await _delivery.StartAsync(services => services.Replace(ServiceDescriptor.Singleton(Options.Create(new EventsOptions { Journal = false, Kafka = kafka }))));
        var health = running.Services.GetRequiredService<IDeliveryHealth>();
        await running.Events.PublishAsync(_delivery.Detected(), default);

        await _delivery.PassTimeAsync("the broker's trouble", () => health.Channels.Single().Trouble is not null);
        Assert.Contains("raise max.message.bytes of the topic", health.Channels.Single().Trouble);
        Assert.Equal(1, health.Channels.Single().Waiting);

        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [new() { Type = ResourceType.Topic, Name = kafka.ClipTopic }] = [new() { Name = "max.message.bytes", Value = "1000000", IncrementalOperation = AlterConfigOpType.Set }],
        });
        await _delivery.PassTimeAsync("the event's arrival", () => health.Channels.Single() is { Trouble: null, Waiting: 0 });
    }

    [Fact]
    public async Task A_state_that_is_damaged_while_it_is_used_ends_the_daemon_and_the_next_start_goes_on_without_it()
    {
        await using (var running = await _delivery.StartAsync())
        {
            await running.DeliverAsync(_delivery.Detected());
            var probe = running.Services.GetRequiredService<DeliveryProbe>();
            await Assert.ThrowsAsync<IOException>(() => running.State.WriteAsync<int>(_ => throw new SqliteException("database disk image is malformed", 11)));
            await _delivery.PassTimeAsync("the end", () => probe.ExecuteTask!.IsFaulted);
            Assert.Contains("start again and it is set aside", (await Assert.ThrowsAsync<IOException>(() => probe.ExecuteTask!)).Message);
            await running.CrashAsync();
        }
        await File.WriteAllTextAsync(_delivery.StatePath, "this was a database");
        foreach (var rest in new[] { "-wal", "-shm" }) File.Delete(_delivery.StatePath + rest);

        await using var again = await _delivery.StartAsync();
        await again.DeliverAsync(_delivery.Detected("second"));
        await again.StopAsync();

        string[] told = ["c1:1", "c1:2", "second:1", "second:2"];
        Assert.Equal(told, _delivery.Lines().Select(line => line.Id).Distinct());   // what was told at the moment of the damage may be told again, under its id
        Assert.Single(Directory.GetFiles(_delivery.Root, "state.db.damaged-*"));
    }

    [Fact]
    public async Task A_state_whose_disk_turns_read_only_is_told_and_goes_on_by_itself()
    {
        await using var running = await _delivery.StartAsync();
        var health = running.Services.GetRequiredService<IDeliveryHealth>();
        string? told = null;
        for (var tries = 0; told is null && tries < 100; tries++)           // a write of the service's own that succeeds right behind ends the trouble
        {
            await Assert.ThrowsAsync<IOException>(() => running.State.WriteAsync<int>(_ => throw new SqliteException("attempt to write a readonly database", 8)));
            told = health.StateTrouble;
        }
        Assert.Contains("check the disk and that the folder is writable", told);

        await _delivery.PassTimeAsync("the state's recovery", () => health.StateTrouble is null);
        await running.DeliverAsync(_delivery.Detected());
        await running.StopAsync();
        Assert.Equal("detected ready", _delivery.Story);
    }

    [Fact]
    public async Task A_clip_waits_while_the_stores_disk_is_read_only_and_arrives_when_it_is_writable_again()
    {
        await using var disk = await SmallDisk.MountAsync(Path.Combine(_delivery.Root, "clips"));
        Assert.SkipWhen(disk is null, "this user may not mount a file system of its own");
        await using var running = await _delivery.StartAsync();
        var health = running.Services.GetRequiredService<IDeliveryHealth>();
        await running.DeliverAsync(_delivery.Detected("before"));

        await disk!.SetReadOnlyAsync(true);
        var delivered = running.DeliverAsync(_delivery.Detected("during"));
        await _delivery.PassTimeAsync("the store's trouble", () => health.StoreTrouble is not null);
        Assert.Contains("Make the folder writable or set Delivery:Directory", health.StoreTrouble);
        Assert.False(delivered.IsCompleted);

        await disk.SetReadOnlyAsync(false);
        await _delivery.PassTimeAsync("the clip and the store's recovery", () => delivered.IsCompleted && health.StoreTrouble is null);
        await running.StopAsync();
        Assert.Equal("detected ready detected ready", _delivery.Story);
    }

    [Fact]
    public async Task A_state_on_a_read_only_disk_ends_the_start_with_its_reason()
    {
        await using var disk = await SmallDisk.MountAsync();
        Assert.SkipWhen(disk is null, "this user may not mount a file system of its own");
        await disk!.SetReadOnlyAsync(true);

        var error = await Assert.ThrowsAsync<IOException>(() => RunningDelivery.StartAsync(disk.Folder, _delivery.Time, also: null));

        Assert.Contains("make it writable, or set Delivery:Directory to another", error.Message);
    }
}
