using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.TestWorker;

/// <summary>Streams that never change.</summary>
internal sealed class GivenStreams(IReadOnlyList<string> ids) : IWantedStreams
{
    public async IAsyncEnumerable<IReadOnlyList<StreamSpec>> WatchAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        yield return [.. ids.Select(id => new StreamSpec(id, id, []))];
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
    }
}

/// <summary>Log lines to standard error.</summary>
internal sealed class LineLog(string name) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {name} {logLevel} {formatter(state, exception)}");
    }

    public void Dispose()
    {
    }
}
