using Microsoft.Extensions.Logging;

namespace TempSamp.Live.Media;

/// <summary>Sends a worker's log lines to its parent, which writes them to its own log.</summary>
internal sealed class WireLogger<T>(WirePipe pipe) : ILogger<T>
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) pipe.Send(WireKind.Log, new WireWriter().Log(logLevel, formatter(state, exception)).Written);
    }
}
