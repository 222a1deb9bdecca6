using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>The pipeline that is killed: announces clips, cuts them and hands them over as sessions do, and goes on after the last one that it was told is safe.</summary>
internal static class ChaosWorker
{
    /// <summary>Clips under way at once.</summary>
    private const int Together = 16;

    public static async Task RunAsync(ChaosPlan plan)
    {
        await using var run = await DeliveryRun.StartAsync(
            new() { Directory = Path.Combine(plan.Folder, "data"), RetryFirst = TimeSpan.FromSeconds(0.2), RetryMost = TimeSpan.FromSeconds(2), Retention = new() { FreeBytes = 0 } },
            new() { Kind = StoreKind.S3, Endpoint = plan.Endpoint, AccessKey = S3Server.AccessKey, SecretKey = S3Server.SecretKey, Bucket = plan.Bucket, KeyTemplate = "{stream}/{clip}", Timeout = TimeSpan.FromSeconds(5) },
            new() { Journal = false, Kafka = new() { Servers = plan.Brokers, ClipTopic = plan.Topic, StreamTopic = plan.Topic + "-streams", Partitions = 4, Replicas = 1, SendTimeout = TimeSpan.FromSeconds(8) } },
            logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new LineLog()));
        await using var accepted = new FileStream(plan.AcceptedPath, FileMode.Append, FileAccess.Write, FileShare.Read);
        using var turn = new SemaphoreSlim(1);
        var known = Numbers(plan);
        await Parallel.ForEachAsync(Enumerable.Range(0, plan.Clips).Where(number => !known.Contains(number)), new ParallelOptions { MaxDegreeOfParallelism = Together }, async (number, cancel) =>
        {
            await AnnounceAsync(run, number);
            await turn.WaitAsync(cancel);
            accepted.Write(System.Text.Encoding.ASCII.GetBytes($"{number}\n"));
            accepted.Flush(flushToDisk: true);
            turn.Release();
            await CutAsync(run, plan, number);
        });
        var health = run.Services.GetRequiredService<IDeliveryHealth>();
        while (health.ClipsOnTheWay > 0 || health.Channels.Any(channel => channel.Waiting > 0)) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        await File.WriteAllTextAsync(plan.DonePath, "");
    }

    /// <summary>Numbers of the clips that are safe; a last line without its end was torn by a kill and is told again.</summary>
    public static HashSet<int> Numbers(ChaosPlan plan)
    {
        if (!File.Exists(plan.AcceptedPath)) return [];
        var text = File.ReadAllText(plan.AcceptedPath);
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.TryParse(line, out var number) ? number : -1)];
    }

    private static async Task AnnounceAsync(DeliveryRun run, int number) =>
        await RetryAsync(() => run.Events.PublishAsync(new ClipDetected(ChaosPlan.Clip(number), TimeSpan.Zero, TimeProvider.System.GetUtcNow()), default));

    private static async Task CutAsync(DeliveryRun run, ChaosPlan plan, int number)
    {
        var clip = ChaosPlan.Clip(number);
        if (plan.Fails(number))
        {
            await RetryAsync(() => run.Events.PublishAsync(new ClipFailed(clip, "cut-failed", "chaos wants it so", TimeProvider.System.GetUtcNow()), default));
            return;
        }
        try
        {
            var path = run.Clips.SpoolPath(clip);
            await File.WriteAllBytesAsync(path, plan.Content(number));
            await File.WriteAllBytesAsync(Path.ChangeExtension(path, ".jpg"), plan.Content(number)[..100]);
            await run.Clips.HandOverAsync(clip, new(path, Path.ChangeExtension(path, ".jpg"), clip.Range, clip.Range, "copy", []), default);
        }
        catch (ClipException error)   // told before the last kill and failed at the restart
        {
            await Console.Error.WriteLineAsync(error.Message);
        }
    }

    private static async Task RetryAsync(Func<Task> publish)
    {
        while (true)
        {
            try
            {
                await publish();
                return;
            }
            catch (IOException error)
            {
                await Console.Error.WriteLineAsync(error.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    /// <summary>Log lines to standard error.</summary>
    private sealed class LineLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {logLevel} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
