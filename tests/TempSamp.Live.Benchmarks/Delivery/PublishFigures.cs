using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>How long an event takes to the broker.</summary>
internal static class PublishFigures
{
    private const int Messages = 220, WarmUp = 20;

    /// <summary>From the call that makes a stored clip verified to the broker's confirmation of its event, beside a bare idempotent producer with the same payload.</summary>
    public static async Task MeasureAsync(Dictionary<string, double> figures)
    {
        using var folder = new BenchFolder();
        await using var broker = await KafkaBroker.StartAsync();
        var kafka = new KafkaOptions { Servers = broker.Address, ClipTopic = $"bench-{Environment.ProcessId}", StreamTopic = $"bench-{Environment.ProcessId}-streams", Replicas = 1 };
        await using var run = await DeliveryRun.StartAsync(new() { Directory = folder.Path }, events: new() { Journal = false });
        var events = Options.Create(new EventsOptions { Journal = false, Kafka = kafka });
        await using var senders = new KafkaSenders(events, NullLogger<KafkaSenders>.Instance);
        await using var channel = new TimedChannel(ActivatorUtilities.CreateInstance<KafkaChannel>(run.Services, events, senders));
        await channel.CheckAsync(default);
        using var producer = new ProducerBuilder<byte[], byte[]>(KafkaClients.Producer(kafka, null)).Build();
        await using var pump = new OutboxPump(run.State, run.Services.GetRequiredService<EventSignal>(), channel, new NoFence(), TimeProvider.System, NullLogger.Instance);
        pump.Start();
        var outbox = ActivatorUtilities.CreateInstance<ClipOutbox>(run.Services, new EventChannels(events));
        var (ours, bare) = (new List<double>(), new List<double>());
        for (var number = 0; number < Messages; number++)
        {
            var plan = DeliveryRun.Plan($"s{number % 8}", number);
            var ready = await PrepareAsync(run, outbox, plan);
            await pump.DrainAsync(default);
            var start = Stopwatch.GetTimestamp();
            var taken = channel.NextAsync();
            await outbox.PublishAsync(ready, default);
            ours.Add(Stopwatch.GetElapsedTime(start, await taken).TotalMilliseconds);
            bare.Add(1000 * await DeliveryVerb.TimeAsync(() => producer.ProduceAsync(kafka.ClipTopic, new() { Key = "s"u8.ToArray(), Value = channel.LastData.ToArray() })));
        }
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95) })
        {
            figures[$"publish_{name}_ms"] = DeliveryVerb.Percentile(ours[WarmUp..], share);
            figures[$"publish_bare_{name}_ms"] = DeliveryVerb.Percentile(bare[WarmUp..], share);
        }
        figures["publish_p95_over_bare_ms"] = figures["publish_p95_ms"] - figures["publish_bare_p95_ms"];
    }

    private static async Task<ClipReady> PrepareAsync(DeliveryRun run, ClipOutbox outbox, ClipPlan plan)
    {
        var file = new ClipFile($"{plan.Id}.mp4", null, plan.Range, plan.Range, "copy", []);
        StoredUnit stored = new([new("main", $"s3://b/{plan.Id}.mp4", 1, "00")]);
        await outbox.PublishAsync(new ClipDetected(plan, TimeSpan.Zero, DateTimeOffset.UnixEpoch), default);
        await run.State.WriteAsync(db => ClipTable.Cut(db, plan.Id, new(file, []), DateTimeOffset.UnixEpoch));
        await run.State.WriteAsync(db => ClipTable.Store(db, plan.Id, stored, DateTimeOffset.UnixEpoch));
        return new(new(plan, file, stored.Main.Uri, 1, "00", null), TimeSpan.Zero, TimeSpan.Zero, DateTimeOffset.UnixEpoch);
    }

    /// <summary>Says when the broker has confirmed.</summary>
    private sealed class TimedChannel(IEventChannel inner) : IEventChannel
    {
        private TaskCompletionSource<long> _next = new();

        public string Name => inner.Name;

        public RetryPace Pace => inner.Pace;

        public ReadOnlyMemory<byte> LastData { get; private set; }

        public Task<long> NextAsync() => (_next = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public Task CheckAsync(CancellationToken cancel) => inner.CheckAsync(cancel);

        public async Task SendAsync(PendingEvent pending, CancellationToken cancel)
        {
            await inner.SendAsync(pending, cancel);
            LastData = pending.Told.Data;
            _next.TrySetResult(Stopwatch.GetTimestamp());
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
