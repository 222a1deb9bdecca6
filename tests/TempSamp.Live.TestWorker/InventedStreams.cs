using System.Globalization;
using TempSamp.Live.Core;

namespace TempSamp.Live.TestWorker;

/// <summary>Runs the streams that are this worker's: each tells that it is online, then of one clip after the other, until it is to stop.</summary>
internal sealed class InventedStreams(WorkerPlan plan, IClipEvents events)
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(50);
    private static readonly HighlightQuery s_query = new("goal", "a goal is scored", 0.5, ClipPolicy.Default);

    private readonly Lock _gate = new();

    public async Task RunAsync(IStreamAssignments assignments, CancellationToken stop)
    {
        var running = new Dictionary<string, (CancellationTokenSource Stop, Task Ends)>();
        try
        {
            await foreach (var mine in assignments.WatchAsync(stop))
            {
                var ids = mine.Select(spec => spec.Id).ToHashSet();
                await Task.WhenAll([.. running.Where(one => !ids.Contains(one.Key)).ToList().Select(one => EndAsync(running, one.Key))]);
                foreach (var id in ids.Where(id => !running.ContainsKey(id)))
                {
                    var ending = new CancellationTokenSource();
                    running[id] = (ending, Task.Run(() => TellAsync(id, ending.Token), CancellationToken.None));
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        await Task.WhenAll([.. running.Keys.ToList().Select(id => EndAsync(running, id))]);
    }

    private static async Task EndAsync(Dictionary<string, (CancellationTokenSource Stop, Task Ends)> running, string id)
    {
        if (!running.Remove(id, out var stream)) return;
        await stream.Stop.CancelAsync();
        await stream.Ends;
        stream.Stop.Dispose();
    }

    private async Task TellAsync(string stream, CancellationToken stop)
    {
        var session = string.Create(CultureInfo.InvariantCulture, $"{stream}-{plan.Name}-{Now.ToUnixTimeMilliseconds()}");
        await PublishAsync(new StreamOnline(stream, session, Now, []), $"{session}:online");
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var clip = Clip(stream, session, number);
            await PublishAsync(new ClipDetected(clip, TimeSpan.Zero, Now), $"{clip.Id}:1");
            await PublishAsync(new ClipFailed(clip, "cut-failed", "it was invented", Now), $"{clip.Id}:2");
            await Task.Delay(s_pace, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await PublishAsync(new StreamOffline(stream, session, Now, "stopped", "the stream was stopped on request"), $"{session}:offline");
    }

    private async Task PublishAsync(SessionEvent happened, string id)
    {
        await events.PublishAsync(happened, default);
        lock (_gate) File.AppendAllText(plan.ToldPath, id + '\n');
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static ClipPlan Clip(string stream, string session, int number)
    {
        var span = TimeRange.FromSeconds(number, number + 1);
        return new(string.Create(CultureInfo.InvariantCulture, $"{session}-c{number}"), stream, session, Now, "arrival", s_query, new("goal", span, 0.9, 0.8, []), span, new("none", "none"));
    }
}
