using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using TempSamp.Live.Contracts;

namespace TempSamp.Live.Delivery.Tests;

public sealed class OutboxTests : IDisposable
{
    private readonly DeliveryFixture _delivery = new();

    public void Dispose() => _delivery.Dispose();

    [Fact]
    public async Task What_is_told_twice_is_told_once()
    {
        await using (var running = await _delivery.StartAsync())
            foreach (var happened in new Core.SessionEvent[] { _delivery.Online(), _delivery.Detected(), _delivery.Failed(), _delivery.Offline() })
                for (var time = 0; time < 2; time++) await running.Events.PublishAsync(happened, default);
        Assert.Equal("online detected failed offline", _delivery.Story);
    }

    [Fact]
    public async Task A_clip_that_failed_never_becomes_ready_and_a_ready_one_never_fails()
    {
        await using var running = await _delivery.StartAsync();
        var clip = await running.DeliverAsync(_delivery.Detected("good"));
        await running.Events.PublishAsync(_delivery.Failed("good"), default);
        await running.Events.PublishAsync(_delivery.Detected("bad"), default);
        await running.Events.PublishAsync(_delivery.Failed("bad"), default);
        await running.Events.PublishAsync(new Core.ClipReady(clip with { Plan = DeliveryFixture.Plan("bad") }, default, default, default), default);
        await running.StopAsync();
        Assert.Equal(["good:1", "good:2", "bad:1", "bad:2"], _delivery.Lines().Select(line => line.Id));
        Assert.Equal([EventTypes.ClipReady, EventTypes.ClipFailed], _delivery.Lines().Where(line => line.Id!.EndsWith(":2", StringComparison.Ordinal)).Select(line => line.Type));
    }

    [Fact]
    public async Task A_clip_is_published_when_its_channel_has_confirmed()
    {
        await using var running = await _delivery.StartAsync();
        await running.DeliverAsync(_delivery.Detected());
        await running.Pumps.DrainAsync(default);
        Assert.Equal(ClipState.Published, running.State.Read(db => ClipTable.Find(db, "c1"))!.State);
        Assert.Equal(0, running.State.Read(db => EventTable.Depth(db, "journal")).Count);
    }

    [Fact]
    public async Task A_refused_event_holds_back_its_own_stream_only()
    {
        var channel = new FaultyChannel { Refuses = told => told.Id == "a-s1:online" };
        await using var running = await _delivery.StartAsync();
        await using var pump = await PumpAsync(running, channel, _delivery.Online("a"), _delivery.Offline("a"), _delivery.Online("b"), _delivery.Offline("b"));
        await Testing.Until.TrueAsync("the other stream's events", TimeSpan.FromMinutes(1), () => Task.FromResult(channel.Took.Count == 2 && pump.Trouble is not null));
        Assert.Equal(["b-s1:online", "b-s1:offline"], channel.Took);
        channel.Refuses = _ => false;
        await _delivery.PassTimeAsync("the held events", () => channel.Took.Count == 4);
        Assert.Equal(["a-s1:online", "a-s1:offline"], channel.Took.Skip(2));
        await pump.DrainAsync(default);
        Assert.Null(pump.Trouble);
    }

    [Fact]
    public async Task What_will_never_be_taken_becomes_a_dead_letter_and_the_stream_goes_on()
    {
        var channel = new FaultyChannel { Refuses = told => told.Id == "a-s1:online", IsFinal = true };
        await using var running = await _delivery.StartAsync();
        await using var pump = await PumpAsync(running, channel, _delivery.Online("a"), _delivery.Offline("a"));
        await pump.DrainAsync(default);
        Assert.Equal(["a-s1:offline"], channel.Took);
        Assert.Equal(1, running.State.Read(db => db.Number("SELECT count(*) FROM dead_letters WHERE channel = 'faulty' AND error = 'no'")));
    }

    [Fact]
    public async Task The_feed_replays_from_any_event_and_follows_what_comes()
    {
        await using var running = await _delivery.StartAsync();
        await running.Events.PublishAsync(_delivery.Online("a"), default);
        await running.Events.PublishAsync(_delivery.Online("b"), default);
        using var stop = new CancellationTokenSource();
        var all = running.Feed.ReadAsync(0, stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await all.MoveNextAsync());
        var first = all.Current;
        Assert.True(await all.MoveNextAsync());
        var more = all.MoveNextAsync();
        Assert.False(more.IsCompleted);
        await running.Events.PublishAsync(_delivery.Offline("a"), default);
        Assert.True(await more);
        Assert.Equal("a-s1:offline", all.Current.Id);

        await using var rest = running.Feed.ReadAsync(first.Seq, default).GetAsyncEnumerator(default);
        Assert.True(await rest.MoveNextAsync());
        Assert.Equal("b-s1:online", rest.Current.Id);
        await using var unknown = running.Feed.ReadAsync(long.MaxValue, default).GetAsyncEnumerator(default);
        Assert.True(await unknown.MoveNextAsync());
        Assert.Equal("a-s1:online", unknown.Current.Id);
        await stop.CancelAsync();
    }

    private static async Task<OutboxPump> PumpAsync(RunningDelivery running, FaultyChannel channel, params Core.SessionEvent[] happened)
    {
        foreach (var one in happened) await running.Events.PublishAsync(one, default);
        await running.State.WriteAsync(db => db.Execute("INSERT INTO outbox (channel, stream, seq) SELECT 'faulty', stream, seq FROM events"));
        var pump = new OutboxPump(running.State, new(), channel, new NoFence(), (TimeProvider)running.Services.GetService(typeof(TimeProvider))!, NullLogger.Instance);
        pump.Start();
        return pump;
    }

    private sealed class FaultyChannel : IEventChannel
    {
        public Func<ToldEvent, bool> Refuses { get; set; } = _ => false;

        public bool IsFinal { get; init; }

        public ConcurrentQueue<string> Took { get; } = [];

        public string Name => "faulty";

        public RetryPace Pace { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.MaxValue);

        public Task CheckAsync(CancellationToken cancel) => Task.CompletedTask;

        public Task SendAsync(PendingEvent pending, CancellationToken cancel)
        {
            if (Refuses(pending.Told)) throw new ChannelException("no", IsFinal);
            Took.Enqueue(pending.Told.Id);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
