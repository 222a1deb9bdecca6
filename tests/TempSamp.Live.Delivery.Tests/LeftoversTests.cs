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
        await using (var killed = await StartAsync("a", kafka with { Servers = $"127.0.0.1:{FreePort.Next()}" }, AssignmentKind.Static))   // its brokers are away, so nothing gets out
        {
            await killed.Events.PublishAsync(Online(1), default);
            await killed.Events.PublishAsync(new ClipDetected(DeliveryFixture.Plan(), TimeSpan.Zero, Now), default);
            await killed.Events.PublishAsync(new ClipFailed(DeliveryFixture.Plan(), "cut-failed", "it was invented", Now), default);
            await killed.CrashAsync();
        }

        await using var watch = new EventWatch(kafka.Servers, _name);
        await using (var holder = await StartAsync("b", kafka, AssignmentKind.Kafka))
        {
            await UntilHeldAsync(holder);
            await holder.Events.PublishAsync(Online(2), default);
            await using var back = await StartAsync("a", kafka, AssignmentKind.Kafka);
            await Until.TrueAsync("everything is out", s_patience, () => Task.FromResult(IsEmpty(back) && IsEmpty(holder) && watch.Seen.Count >= 5), () => Seen(watch));   // its session was ended at its start, too
        }
        await using (var later = await StartAsync("c", kafka, AssignmentKind.Kafka))
        {
            await UntilHeldAsync(later);
            await later.Events.PublishAsync(Online(3), default);
            await Until.TrueAsync("the last event", s_patience, () => Task.FromResult(watch.Seen.Any(one => one.Id == "match-s3:online")), () => Seen(watch));
        }

        Assert.Equal(["match-s2:online", "match-s1:online", "c1:1", "c1:2", "match-s1:offline", "match-s3:online"], watch.Seen.Select(one => one.Id));
        Assert.Equal(watch.Seen.Select(one => one.Sequence).Order(StringComparer.Ordinal), watch.Seen.Select(one => one.Sequence));
    }

    [Fact]
    public async Task An_event_that_comes_back_to_the_worker_that_told_it_goes_out_after_all()
    {
        await using var running = await StartAsync("a", new() { Servers = $"127.0.0.1:{FreePort.Next()}" }, AssignmentKind.Static);
        await running.Events.PublishAsync(Online(1), default);
        var (told, waiting) = Assert.Single(running.State.Read(db => EventTable.Shared(db, "match")));
        Assert.Equal(["kafka"], waiting);
        var letter = ShareLetter.Read(new ShareLetter(new(told.Id, told.Type, told.StreamId, told.Subject, told.At, told.Data.ToArray()), told.Trace, waiting).Write());
        await running.State.WriteAsync(db => EventTable.Confirm(db, "kafka", told, Now));
        Assert.True(IsEmpty(running));

        Assert.False(await running.State.WriteAsync(db => EventTable.Take(db, letter, ["journal", "kafka"])));

        Assert.Equal(told.Id, Assert.Single(running.State.Read(db => EventTable.Shared(db, "match"))).Told.Id);
        await running.CrashAsync();
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static StreamOnline Online(int session) => new("match", $"match-s{session}", Now, []);

    private static string Seen(EventWatch watch) => string.Join(' ', watch.Seen.Select(one => one.Id));

    private static bool IsEmpty(RunningDelivery running) => running.State.Read(EventTable.SharedStreams).Count == 0;

    private static Task UntilHeldAsync(RunningDelivery running) =>
        Until.TrueAsync("the share is held", s_patience, () => Task.FromResult(running.Services.GetRequiredService<IPublishFence>().Of("match").IsHeld), () => $"{running.Services.GetRequiredService<IDeliveryHealth>().Group}");

    private Task<RunningDelivery> StartAsync(string worker, KafkaOptions kafka, AssignmentKind kind) => RunningDelivery.StartAsync(Path.Combine(_root, worker), TimeProvider.System, services => services
        .Replace(ServiceDescriptor.Singleton(Options.Create(new EventsOptions { Journal = false, Kafka = kafka })))
        .Replace(ServiceDescriptor.Singleton(Options.Create(new AssignmentOptions { Kind = kind, Topic = _name + "-specs", Group = _name, Partitions = 1, SessionTimeout = TimeSpan.FromMinutes(1) }))));
}
