using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Minio.DataModel.Args;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary><c>delivery [--json]</c>: the outbox alone, uploads beside the bare S3 client, publishing beside a bare producer; servers and baselines in one run.</summary>
public static class DeliveryVerb
{
    private const int Callers = 64, FileBytes = 24 << 20, Files = 8, Messages = 300;

    private static readonly TimeSpan s_outboxTime = TimeSpan.FromSeconds(4);

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("delivery", "Measures outbox transitions, uploads against the bare client, and latency to the broker against a bare producer.") { json };
        command.SetAction(async parse => Report(await RunAsync(), parse.GetValue(json)));
        return command;
    }

    private static async Task<Dictionary<string, double>> RunAsync()
    {
        var figures = new Dictionary<string, double> { ["load_average"] = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) };
        await MeasureOutboxAsync(figures);
        if (ToolServer.WhyAbsent("s3proxy") is { } noStore) await Console.Error.WriteLineAsync($"no uploads measured: {noStore}");
        else await MeasureUploadsAsync(figures);
        if (KafkaBroker.WhyAbsent is { } noBroker) await Console.Error.WriteLineAsync($"no publishing measured: {noBroker}");
        else await MeasurePublishingAsync(figures);
        return figures;
    }

    /// <summary>Clips go through every state, each step a commit that its caller waits for; the journal confirms each event.</summary>
    private static async Task MeasureOutboxAsync(Dictionary<string, double> figures)
    {
        using var folder = new BenchFolder();
        await using var run = await DeliveryRun.StartAsync(new() { Directory = folder.Path });
        var steps = 0L;
        var (start, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var number = 0; Stopwatch.GetElapsedTime(start) < s_outboxTime; number++)
            {
                var plan = DeliveryRun.Plan($"s{caller}", number);
                var file = new ClipFile($"{plan.Id}.mp4", null, plan.Range, plan.Range, "copy", []);
                CutUnit cut = new(file, [new("main", $"{plan.Id}.mp4", "video/mp4", 1, "00", "00")]);
                StoredUnit stored = new([new("main", $"s3://b/{plan.Id}.mp4", 1, "00")]);
                await run.Events.PublishAsync(new ClipDetected(plan, TimeSpan.Zero, DateTimeOffset.UnixEpoch), default);
                await run.State.WriteAsync(db => ClipTable.Cut(db, plan.Id, cut, DateTimeOffset.UnixEpoch));
                await run.State.WriteAsync(db => ClipTable.Store(db, plan.Id, stored, DateTimeOffset.UnixEpoch));
                await run.Events.PublishAsync(new ClipReady(new(plan, file, stored.Main.Uri, 1, "00", null), TimeSpan.Zero, TimeSpan.Zero, DateTimeOffset.UnixEpoch), default);
                Interlocked.Add(ref steps, 4);
            }
        })));
        var (seconds, used) = (Stopwatch.GetElapsedTime(start).TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
        figures["outbox_transitions_per_second"] = steps / seconds;
        figures["outbox_transitions_per_cpu_second"] = steps / used;
    }

    /// <summary>The same files, in turn through the bare client and through the store, which also looks whether the server holds what was sent.</summary>
    private static async Task MeasureUploadsAsync(Dictionary<string, double> figures)
    {
        using var folder = new BenchFolder();
        await using var server = await S3Server.StartProxyAsync();
        var options = new StoreOptions { Kind = StoreKind.S3, Endpoint = server.Endpoint, AccessKey = S3Server.AccessKey, SecretKey = S3Server.SecretKey, Bucket = "bench" };
        using var store = new S3ClipStore(Options.Create(options), Options.Create(new DeliveryOptions { Directory = folder.Path }), NullLogger<S3ClipStore>.Instance);
        using var http = S3Connection.Http(options);
        using var bare = S3Connection.Client(options, options.Endpoint, http);
        await store.EnsureBucketAsync(default);
        var path = Path.Combine(folder.Path, "clip.mp4");
        var content = new byte[FileBytes];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(path, content);
        var digest = await FileDigest.OfAsync(path, default);
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var number = -1; number < Files; number++)
        {
            var plan = DeliveryRun.Plan("bench", number + 1);
            var file = new UnitFile("main", $"{plan.Id}.mp4", "video/mp4", digest.Bytes, digest.Sha256, digest.ETag);
            async Task BareAsync()
            {
                await using var stream = File.OpenRead(path);
                await bare.PutObjectAsync(new PutObjectArgs().WithBucket("bench").WithObject($"bare-{number}").WithStreamData(stream).WithObjectSize(FileBytes).WithContentType("video/mp4"));
            }
            async Task OursAsync()
            {
                await store.PutAsync(plan, file, path, default);
                if (await store.CheckAsync(new("main", store.UriOf(plan, file.Name), file.Bytes, file.Sha256, file.ETag), default) is { } wrong) throw new InvalidOperationException(wrong);
            }
            var first = await TimeAsync(number % 2 == 0 ? BareAsync : OursAsync);
            var second = await TimeAsync(number % 2 == 0 ? OursAsync : BareAsync);
            if (number < 0) continue;   // both warmed up
            ours.Add(number % 2 == 0 ? second : first);
            theirs.Add(number % 2 == 0 ? first : second);
        }
        figures["upload_mb_per_second"] = FileBytes / 1e6 / Percentile(ours, 0.5);
        figures["upload_bare_mb_per_second"] = FileBytes / 1e6 / Percentile(theirs, 0.5);
        figures["upload_ratio"] = theirs.Sum() / ours.Sum();
    }

    /// <summary>From the call that makes a stored clip verified to the broker's confirmation of its event, beside a bare idempotent producer with the same payload.</summary>
    private static async Task MeasurePublishingAsync(Dictionary<string, double> figures)
    {
        using var folder = new BenchFolder();
        await using var broker = await KafkaBroker.StartAsync();
        var kafka = new KafkaOptions { Servers = broker.Address, ClipTopic = $"bench-{Environment.ProcessId}", StreamTopic = $"bench-{Environment.ProcessId}-streams", Replicas = 1 };
        await using var run = await DeliveryRun.StartAsync(new() { Directory = folder.Path }, events: new() { Journal = false });
        await using var channel = new TimedChannel(ActivatorUtilities.CreateInstance<KafkaChannel>(run.Services, Options.Create(new EventsOptions { Journal = false, Kafka = kafka })));
        await channel.CheckAsync(default);
        using var producer = new ProducerBuilder<byte[], byte[]>(KafkaClients.Producer(kafka, null)).Build();
        await using var pump = new OutboxPump(run.State, run.Services.GetRequiredService<EventSignal>(), channel, new NoFence(), TimeProvider.System, NullLogger.Instance);
        pump.Start();
        var outbox = ActivatorUtilities.CreateInstance<ClipOutbox>(run.Services, new EventChannels(Options.Create(new EventsOptions { Journal = false, Kafka = kafka })));
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
            bare.Add(1000 * await TimeAsync(() => producer.ProduceAsync(kafka.ClipTopic, new() { Key = "s"u8.ToArray(), Value = channel.LastData.ToArray() })));
        }
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95) })
        {
            figures[$"publish_{name}_ms"] = Percentile(ours[20..], share);
            figures[$"publish_bare_{name}_ms"] = Percentile(bare[20..], share);
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

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Percentile(List<double> values, double share) => values.Order().ElementAt((int)Math.Min(values.Count - 1, Math.Ceiling(values.Count * share) - 1));

    private static void Report(Dictionary<string, double> figures, bool json)
    {
        if (json) Console.WriteLine(JsonSerializer.Serialize(figures.ToDictionary(figure => figure.Key, figure => Math.Round(figure.Value, 3))));
        else foreach (var (name, value) in figures) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-36} {value,12:0.000}"));
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

/// <summary>A folder that goes with its user.</summary>
internal sealed class BenchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tempsamp-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
