using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>What every way of assigning streams must do for a worker that is alone: its set is the wanted set, each change is told, and what is told may be published.</summary>
public abstract class AssignmentConformance : IDisposable
{
    private readonly DeliveryFixture _delivery = new();
    private readonly WantedByHand _wanted = new();

    public void Dispose()
    {
        _delivery.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Registers what this way needs.</summary>
    protected abstract Task<Action<IServiceCollection>> ServicesAsync();

    [Fact]
    public async Task The_wanted_streams_come_and_change_and_may_be_published()
    {
        await using var running = await StartAsync();
        await using var sets = running.Services.GetRequiredService<IStreamAssignments>().WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(default);
        foreach (var ids in new[] { new[] { "a", "b", "c" }, ["a", "c"], [], ["c", "d"] })
        {
            _wanted.Want(ids);
            do Assert.True(await sets.MoveNextAsync());
            while (!sets.Current.Select(spec => spec.Id).SequenceEqual(ids));   // on the way there may be parts of it
            Assert.All(ids, id => Assert.True(running.Services.GetRequiredService<IPublishFence>().Of(id).IsHeld));
        }
    }

    [Fact]
    public async Task A_set_that_stays_the_same_is_not_told_again()
    {
        await using var running = await StartAsync();
        await using var sets = running.Services.GetRequiredService<IStreamAssignments>().WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(default);
        _wanted.Want("a");
        do Assert.True(await sets.MoveNextAsync());
        while (sets.Current.Count != 1);
        var next = sets.MoveNextAsync().AsTask();
        _wanted.Want("a", "b");
        Assert.True(await next);
        Assert.Equal(["a", "b"], sets.Current.Select(spec => spec.Id));
    }

    [Fact]
    public async Task Watching_ends_when_it_is_to_end()
    {
        await using var running = await StartAsync();
        using var stop = new CancellationTokenSource();
        await using var sets = running.Services.GetRequiredService<IStreamAssignments>().WatchAsync(stop.Token).GetAsyncEnumerator(default);
        _wanted.Want("a");
        do Assert.True(await sets.MoveNextAsync());
        while (sets.Current.Count != 1);
        var next = sets.MoveNextAsync().AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task What_streams_tell_at_their_end_is_still_published_when_the_worker_stops()
    {
        await using (var running = await StartAsync())
        {
            await using var sets = running.Services.GetRequiredService<IStreamAssignments>().WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(default);
            _wanted.Want("match");
            do Assert.True(await sets.MoveNextAsync());
            while (sets.Current.Count != 1);
            await running.Events.PublishAsync(_delivery.Online(), default);
            await running.Events.PublishAsync(_delivery.Offline(), default);
            await running.StopAsync();
            Assert.All(running.Pumps.All, pump => Assert.Empty(running.State.Read(db => EventTable.PendingStreams(db, pump.Channel.Name))));
        }
    }

    private async Task<RunningDelivery> StartAsync()
    {
        var also = await ServicesAsync();
        return await RunningDelivery.StartAsync(_delivery.Root, TimeProvider.System, services => also(services.AddSingleton<IWantedStreams>(_wanted)));
    }

    /// <summary>Streams that a test wants.</summary>
    private sealed class WantedByHand : IWantedStreams
    {
        private readonly Channel<IReadOnlyList<StreamSpec>> _sets = Channel.CreateUnbounded<IReadOnlyList<StreamSpec>>();

        public void Want(params string[] ids) => _sets.Writer.TryWrite([.. ids.Select(id => new StreamSpec(id, id + ".mp4", []))]);

        public IAsyncEnumerable<IReadOnlyList<StreamSpec>> WatchAsync(CancellationToken cancel) => _sets.Reader.ReadAllAsync(cancel);
    }
}

/// <summary>A worker alone.</summary>
public sealed class StaticAssignmentTests : AssignmentConformance
{
    protected override Task<Action<IServiceCollection>> ServicesAsync() => Task.FromResult<Action<IServiceCollection>>(_ => { });
}

/// <summary>A worker that is the only one of its group.</summary>
public class KafkaAssignmentTests(Servers servers) : AssignmentConformance
{
    private static int _groups;

    protected virtual GroupProtocol Protocol => GroupProtocol.Classic;

    protected override async Task<Action<IServiceCollection>> ServicesAsync()
    {
        var name = $"alone-{Environment.ProcessId}-{Interlocked.Increment(ref _groups)}";
        var kafka = new KafkaOptions { Servers = (await servers.KafkaAsync()).Address, ClipTopic = name + "-clips", StreamTopic = name + "-streams", Partitions = 2, Replicas = 1 };
        return services => services
            .Replace(ServiceDescriptor.Singleton(Microsoft.Extensions.Options.Options.Create(new EventsOptions { Kafka = kafka })))
            .Replace(ServiceDescriptor.Singleton(Microsoft.Extensions.Options.Options.Create(new AssignmentOptions { Kind = AssignmentKind.Kafka, Topic = name, Group = name, Partitions = 3, Protocol = Protocol })));
    }
}

/// <summary>The same where the broker lays out the shares.</summary>
public sealed class ConsumerGroupAssignmentTests(Servers servers) : KafkaAssignmentTests(servers)
{
    protected override GroupProtocol Protocol => GroupProtocol.Consumer;
}
