namespace TempSamp.Live.Media;

/// <summary>Counts the workers that each stream lost, so that one that breaks every worker stops costing new ones.</summary>
internal sealed class CrashBook(WorkerOptions options, TimeProvider time)
{
    private readonly Dictionary<string, Queue<long>> _losses = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Notes a loss.</summary>
    /// <returns>Losses of the stream inside the window, this one counted.</returns>
    public int Add(string stream)
    {
        lock (_lock)
        {
            if (!_losses.TryGetValue(stream, out var times)) _losses[stream] = times = new();
            times.Enqueue(time.GetTimestamp());
            while (time.GetElapsedTime(times.Peek()) > options.CrashWindow) times.Dequeue();
            return times.Count;
        }
    }
}
