using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

public sealed class RetentionTests : IDisposable
{
    private readonly DeliveryFixture _delivery = new();
    private readonly FakeSpace _space = new();

    public void Dispose() => _delivery.Dispose();

    [Fact]
    public async Task Stored_clips_over_their_bytes_go_oldest_first_and_are_on_record()
    {
        await using var running = await StartAsync(new() { ClipBytes = 50 });
        await DeliverAsync(running, "a", "b", "c", "d");
        await running.Services.GetRequiredService<Retention>().TrimAsync(default);
        Assert.Equal([ClipState.Expired, ClipState.Expired, ClipState.Published, ClipState.Published], States(running, "a", "b", "c", "d"));
        Assert.Equal(["c.jpg", "c.json", "c.mp4", "d.jpg", "d.json", "d.mp4"], Files());
    }

    [Fact]
    public async Task Stored_clips_go_by_age_but_the_newest_stays()
    {
        await using var running = await StartAsync(new() { ClipAge = TimeSpan.FromHours(1) });
        await DeliverAsync(running, "a", "b");
        _delivery.Time.Advance(TimeSpan.FromHours(2));
        await running.Services.GetRequiredService<Retention>().TrimAsync(default);
        Assert.Equal([ClipState.Expired, ClipState.Published], States(running, "a", "b"));
    }

    [Fact]
    public async Task A_nearly_full_disk_costs_the_oldest_clips_before_it_is_full()
    {
        await using var running = await StartAsync(new() { FreeBytes = 1000 });
        await DeliverAsync(running, "a", "b", "c");
        _space.FreeBytes = 980;
        await running.Services.GetRequiredService<Retention>().TrimAsync(default);
        Assert.Equal([ClipState.Expired, ClipState.Published, ClipState.Published], States(running, "a", "b", "c"));
    }

    [Fact]
    public async Task A_full_spool_fails_its_oldest_clips_by_name_and_keeps_the_newest()
    {
        var store = new FaultyStore(_delivery);
        store.Refuse(int.MaxValue);
        await using var running = await StartAsync(new() { SpoolBytes = 1 << 20 }, store.Use);
        foreach (var clip in new[] { "a", "b", "c" })
        {
            await running.Events.PublishAsync(_delivery.Detected(clip), default);
            var plan = DeliveryFixture.Plan(clip);
            await running.Clips.HandOverAsync(plan, DeliveryFixture.Cut(running.Clips, plan, new string('x', 600_000)), default);
            _delivery.Time.Advance(TimeSpan.FromMilliseconds(10));
        }
        await running.Services.GetRequiredService<Retention>().TrimAsync(default);
        Assert.Equal([ClipState.Failed, ClipState.Failed, ClipState.Cut], States(running, "a", "b", "c"));
        Assert.Equal("spool-full", running.State.Read(db => ClipTable.Find(db, "a"))!.Reason);
        await running.Pumps.DrainAsync(default);
        Assert.Equal("detected detected detected failed failed", _delivery.Story);
        await running.CrashAsync();
    }

    [Fact]
    public async Task Old_confirmed_events_are_forgotten_and_unconfirmed_ones_never()
    {
        await using var running = await StartAsync(new() { EventAge = TimeSpan.FromHours(1) });
        await running.Events.PublishAsync(_delivery.Online(), default);
        await running.Events.PublishAsync(_delivery.Offline(), default);
        await running.Pumps.DrainAsync(default);
        await running.State.WriteAsync(db => db.Execute("INSERT INTO outbox (channel, stream, seq) SELECT 'away', stream, max(seq) FROM events"));
        _delivery.Time.Advance(TimeSpan.FromHours(2));
        await running.Services.GetRequiredService<Retention>().TrimAsync(default);
        Assert.Equal(["match-s1:offline"], running.State.Read(db => EventTable.After(db, 0, 10)).Select(told => told.Id));
    }

    [Fact]
    public async Task State_and_store_are_compared_both_ways()
    {
        await using var running = await StartAsync(new());
        await DeliverAsync(running, "kept", "stolen", "removed");
        File.Delete(PathOf("stolen.mp4"));
        await running.State.WriteAsync(db => ClipTable.Expire(db, "removed", _delivery.Time.GetUtcNow()));
        File.WriteAllText(PathOf("0123456789abcdef01234567.mp4"), "never got its sidecar");
        File.WriteAllText(PathOf("aaaaaaaaaaaaaaaaaaaaaaaa.mp4"), "is being written");
        File.WriteAllText(PathOf("other.mp4"), "somebody's");
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(PathOf("any"))!)) File.SetLastWriteTimeUtc(file, _delivery.Time.GetUtcNow().UtcDateTime - TimeSpan.FromHours(file.Contains("aaaa", StringComparison.Ordinal) ? 0 : 2));

        var (missing, removed) = await running.Services.GetRequiredService<Reconciliation>().RunAsync(default);

        Assert.Equal((1, 6), (missing, removed));   // the two left of stolen, the three of removed, and half
        Assert.Equal(ClipState.Expired, States(running, "stolen").Single());
        Assert.Equal(["aaaaaaaaaaaaaaaaaaaaaaaa.mp4", "kept.jpg", "kept.json", "kept.mp4", "other.mp4"], Files());
    }

    private Task<RunningDelivery> StartAsync(RetentionOptions bounds, Action<IServiceCollection>? also = null) => _delivery.StartAsync(services =>
    {
        services.Replace(ServiceDescriptor.Singleton(Microsoft.Extensions.Options.Options.Create(new DeliveryOptions { Directory = _delivery.Root, Retention = bounds with { FreeBytes = bounds.FreeBytes == new RetentionOptions().FreeBytes ? 0 : bounds.FreeBytes } })));
        services.Replace(ServiceDescriptor.Singleton<IFreeSpace>(_space));
        also?.Invoke(services);
    });

    private async Task DeliverAsync(RunningDelivery running, params string[] clips)
    {
        foreach (var clip in clips)
        {
            await running.DeliverAsync(_delivery.Detected(clip));
            _delivery.Time.Advance(TimeSpan.FromMilliseconds(10));
        }
        await running.Pumps.DrainAsync(default);
    }

    private static IEnumerable<ClipState> States(RunningDelivery running, params string[] clips) => clips.Select(clip => running.State.Read(db => ClipTable.Find(db, clip))!.State);

    private string PathOf(string file) => Path.Combine(_delivery.Root, "clips", "match", file);

    private IEnumerable<string?> Files() => Directory.GetFiles(Path.Combine(_delivery.Root, "clips", "match")).Select(Path.GetFileName).Order();

    private sealed class FakeSpace : IFreeSpace
    {
        public long FreeBytes { get; set; } = long.MaxValue;
    }
}
