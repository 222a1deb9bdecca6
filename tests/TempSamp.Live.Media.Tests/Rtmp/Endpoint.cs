using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>The RTMP endpoint on a free port of this machine, with its log kept.</summary>
internal sealed class Endpoint : ILogger<RtmpListener>, IAsyncDisposable
{
    private readonly List<string> _log = [];

    public Endpoint(RtmpOptions? options = null) => Listener = new RtmpListener(
        Options.Create((options ?? new RtmpOptions { Patience = TimeSpan.Zero }) with { Address = "127.0.0.1", Port = 0 }), TimeProvider.System, this);

    public RtmpListener Listener { get; }

    public string Log
    {
        get { lock (_log) return string.Join('\n', _log); }
    }

    /// <summary>Waits until a line of the log holds a text: what a client sees may come before it is logged.</summary>
    public Task LogsAsync(string text) => Until.TrueAsync($"the log says '{text}'", TimeSpan.FromMinutes(1), () => Task.FromResult(Log.Contains(text, StringComparison.Ordinal)), () => Log);

    public string Url(string key) => $"rtmp://127.0.0.1:{Listener.Endpoint!.Port}/live/{key}";

    public ValueTask DisposeAsync() => Listener.DisposeAsync();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_log) _log.Add(formatter(state, exception));
    }
}
