namespace TempSamp.Live.Host;

/// <summary>One line on a terminal that says how far a long work is: silent for two seconds, then at most five times a second.</summary>
internal sealed class ProgressLine(VerbContext context, TimeProvider time) : IProgress<string>, IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly long _started = time.GetTimestamp();
    private readonly Lock _gate = new();
    private long _shown;
    private int _width;

    /// <inheritdoc/>
    public void Report(string value)
    {
        if (!context.ErrorIsTerminal || time.GetElapsedTime(_started) < Quiet) return;
        lock (_gate)
        {
            if (_shown != 0 && time.GetElapsedTime(_shown) < Pause) return;
            _shown = time.GetTimestamp();
            context.Error.Write("\r" + value.PadRight(_width));
            _width = value.Length;
        }
    }

    /// <summary>Tells how long a work takes that cannot say how far it is.</summary>
    public async Task<T> DuringAsync<T>(string what, Task<T> work)
    {
        using var done = new CancellationTokenSource();
        var ticking = TickAsync(what, done.Token);
        try
        {
            return await work;
        }
        finally
        {
            await done.CancelAsync();
            await ticking;
        }
    }

    private async Task TickAsync(string what, CancellationToken done)
    {
        using var ticks = new PeriodicTimer(Pause, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(done)) Report($"{what}, {time.GetElapsedTime(_started).TotalSeconds:0} s");
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The work is done.
        }
    }

    /// <summary>Wipes the line.</summary>
    public void Dispose()
    {
        lock (_gate)
            if (_width > 0) context.Error.Write("\r" + new string(' ', _width) + "\r");
    }
}
