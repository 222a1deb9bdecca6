using System.Diagnostics;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;

namespace TempSamp.Live.Benchmarks;

/// <summary>The state and its outbox alone.</summary>
internal static class OutboxFigures
{
    private const int Callers = 64;

    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(4);

    /// <summary>Clips go through every state, each step a commit that its caller waits for; the journal confirms each event.</summary>
    public static async Task MeasureAsync(Dictionary<string, double> figures)
    {
        using var folder = new BenchFolder();
        await using var run = await DeliveryRun.StartAsync(new() { Directory = folder.Path });
        var steps = 0L;
        var (start, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var number = 0; Stopwatch.GetElapsedTime(start) < s_time; number++)
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
}
