using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>What a worker told and did not publish before its stream became another's.</summary>
public sealed class LeftoversTests(Servers servers) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static int _groups;

    private readonly string _root = Directory.CreateTempSubdirectory("tempsamp-leftovers-").FullName;
    private readonly string _name = $"leftovers-{Environment.ProcessId}-{Interlocked.Increment(ref _groups)}";

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task What_a_killed_worker_left_is_published_once_by_the_worker_that_has_its_stream_now()
    {
        var kafka = new KafkaOptions { Servers = (await servers.KafkaAsync()).Address, ClipTopic = _name, StreamTopic = _name, Partitions = 1, Replicas = 1 };
        await using (var killed = Idle("a", kafka))
        {
            var events = killed.GetRequiredService<IClipEvents>();
            await events.PublishAsync(Online(1), default);
            await events.PublishAsync(new ClipDetected(DeliveryFixture.Plan(), TimeSpan.Zero, Now), default);
            await events.PublishAsync(new ClipFailed(DeliveryFixture.Plan(), "cut-failed", "it was invented", Now), default);
        }

        await using var watch = new EventWatch(kafka.Servers, _name);
        await using var holder = await StartAsync("b", kafka);
        await UntilHeldAsync(holder);
        await holder.Events.PublishAsync(Online(2), default);

        await using var back = await StartAsync("a", kafka);
        await Until.TrueAsync("everything is out", s_patience, () => Task.FromResult(IsEmpty(back) && IsEmpty(holder) && watch.Seen.Count >= 5), () => Seen(watch));   // its session was ended at its start, too
        Assert.False(back.Services.GetRequiredService<IPublishFence>().Of("match").IsHeld);
        await Until.TrueAsync("every letter is cleared away", s_patience, () => Task.Run(() => Letters(kafka).Count == 0), () => string.Join(' ', Letters(kafka)));

        await holder.DisposeAsync();
        await UntilHeldAsync(back);   // it reads the letters, and that they were cleared away
        await back.Events.PublishAsync(Online(3), default);
        await Until.TrueAsync("the last event", s_patience, () => Task.FromResult(watch.Seen.Any(one => one.Id == "match-s3:online")), () => Seen(watch));

        Assert.Equal(["match-s2:online", "match-s1:online", "c1:1", "c1:2", "match-s1:offline", "match-s3:online"], watch.Seen.Select(one => one.Id));
        Assert.Equal(watch.Seen.Select(one => one.Sequence).Order(StringComparer.Ordinal), watch.Seen.Select(one => one.Sequence));
    }

    [Fact]
    public async Task An_event_that_comes_back_to_the_worker_that_told_it_goes_out_after_all()
    {
        await using var worker = Idle("a", new() { Servers = "127.0.0.1:9" });
        var state = worker.GetRequiredService<StateDatabase>();
        await worker.GetRequiredService<IClipEvents>().PublishAsync(Online(1), default);
        var (told, waiting) = Assert.Single(state.Read(db => EventTable.Shared(db, "match")));
        Assert.Equal(["kafka"], waiting);
        var letter = ShareLetter.Read(new ShareLetter(new(told.Id, told.Type, told.StreamId, told.Subject, told.At, told.Data.ToArray()), told.Trace, waiting).Write());
        await state.WriteAsync(db => EventTable.Confirm(db, "kafka", told, Now));
        Assert.Empty(state.Read(EventTable.SharedStreams));

        Assert.False(await state.WriteAsync(db => EventTable.Take(db, letter, ["journal", "kafka"])));

        Assert.Equal(told.Id, Assert.Single(state.Read(db => EventTable.Shared(db, "match"))).Told.Id);
    }

    /// <summary>Keys of the letters that wait in the topic of streams.</summary>
    private HashSet<string> Letters(KafkaOptions kafka)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(KafkaClients.Reader(kafka)).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(_name + "-specs", 0, Offset.Beginning));
        var waiting = new HashSet<string>();
        while (consumer.Consume() is { IsPartitionEOF: false } read)
            if (read.Message.Value is null) waiting.Remove(read.Message.Key);
            else waiting.Add(read.Message.Key);
        return waiting;
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static StreamOnline Online(int session) => new("match", $"match-s{session}", Now, []);

    private static string Seen(EventWatch watch) => string.Join(' ', watch.Seen.Select(one => one.Id));

    private static bool IsEmpty(RunningDelivery running) => running.State.Read(EventTable.SharedStreams).Count == 0;

    private static Task UntilHeldAsync(RunningDelivery running) =>
        Until.TrueAsync("the share is held", s_patience, () => Task.FromResult(running.Services.GetRequiredService<IPublishFence>().Of("match").IsHeld), () => $"{running.Services.GetRequiredService<IDeliveryHealth>().Group}");

    private Task<RunningDelivery> StartAsync(string worker, KafkaOptions kafka) => RunningDelivery.StartAsync(Path.Combine(_root, worker), TimeProvider.System, services => Use(services, kafka));

    /// <summary>A worker that takes note of what happens and whose channels are not started, as when it is killed at once.</summary>
    private ServiceProvider Idle(string worker, KafkaOptions kafka)
    {
        var services = new ServiceCollection().AddLogging().AddDelivery().Replace(ServiceDescriptor.Singleton(Options.Create(new DeliveryOptions { Directory = Path.Combine(_root, worker) })));
        Use(services, kafka);
        return services.BuildServiceProvider();
    }

    private void Use(IServiceCollection services, KafkaOptions kafka) => services
        .Replace(ServiceDescriptor.Singleton(Options.Create(new EventsOptions { Journal = false, Kafka = kafka })))
        .Replace(ServiceDescriptor.Singleton(Options.Create(new AssignmentOptions { Kind = AssignmentKind.Kafka, Topic = _name + "-specs", Group = _name, Partitions = 1, SessionTimeout = TimeSpan.FromMinutes(1) })));   // a busy machine must not make one of them look dead
}
