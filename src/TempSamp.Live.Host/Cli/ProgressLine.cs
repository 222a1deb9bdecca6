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

    /// <summary>Wipes the line.</summary>
    public void Dispose()
    {
        lock (_gate)
            if (_width > 0) context.Error.Write("\r" + new string(' ', _width) + "\r");
    }
}
