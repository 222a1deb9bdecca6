using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// The built-in RTMP ingest endpoint: one TCP port, many stream keys. The port opens when the first stream asks for a publisher, so a
/// daemon without <c>listen:</c> streams holds none; stopping closes every connection and waits for them.
/// </summary>
public sealed partial class RtmpListener(IOptions<RtmpOptions> options, TimeProvider time, ILogger<RtmpListener> log) : IHostedService, IAsyncDisposable
{
    private readonly RtmpOptions _options = options.Value;
    private readonly PublisherBook _book = new(options.Value.Patience, time);
    private readonly ConcurrentDictionary<Task, byte> _sessions = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private TcpListener? _tcp;
    private Task _accepting = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Where publishers connect to; null until the port is open.</summary>
    public IPEndPoint? Endpoint { get; private set; }

    /// <summary>Makes a stream key known, so that its publisher may come before its stream has started, and opens the port.</summary>
    /// <exception cref="StreamException">The port cannot be opened.</exception>
    public void Expect(string key)
    {
        Open();
        _book.Expect(key);
    }

    /// <summary>Waits for the publisher of a key, however long that takes. The caller disposes the pipe.</summary>
    /// <exception cref="StreamException">The port cannot be opened, or another stream waits for the same key.</exception>
    public Task<FlvPipe> WaitForPublisherAsync(string key, CancellationToken cancel)
    {
        Open();
        LogWaiting(SecretText.Mask(key), Endpoint);
        return _book.WaitAsync(key, cancel);
    }

    /// <summary>Nothing to do yet: the port opens with the first stream that needs it.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Closes the port and every connection, and waits for them to end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        lock (_lock) _tcp?.Dispose();
        await Task.WhenAll([_accepting, .. _sessions.Keys]).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return; // a container that knows it under two names disposes it twice
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Open()
    {
        lock (_lock)
        {
            if (_tcp is not null) return;
            var tcp = new TcpListener(IPAddress.Parse(_options.Address), _options.Port);
            try
            {
                tcp.Start();
            }
            catch (SocketException e)
            {
                tcp.Dispose();
                throw new StreamException($"RTMP endpoint {_options.Address}:{_options.Port} cannot be opened: {e.Message}. Free the port or set {RtmpOptions.Section}:Port to another.", "unreachable", e);
            }

            (_tcp, Endpoint) = (tcp, (IPEndPoint)tcp.LocalEndpoint);
            _accepting = AcceptAsync(tcp);
            LogListening(Endpoint);
        }
    }

    private async Task AcceptAsync(TcpListener tcp)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Serve(await tcp.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException e) when (!_stop.IsCancellationRequested)
            {
                LogAcceptFailed(e.Message); // a connection that was reset before it was taken
            }
        }
    }

    private void Serve(TcpClient client)
    {
        if (_sessions.Count >= _options.MaxConnections)
        {
            LogFull(client.Client.RemoteEndPoint, _options.MaxConnections);
            client.Dispose();
            return;
        }

        var session = ServeAsync(client);
        _sessions.TryAdd(session, 0);
        session.ContinueWith(done => _sessions.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task ServeAsync(TcpClient client)
    {
        await Task.Yield();
        using (client)
        {
            client.NoDelay = true;
            await new RtmpSession(client.GetStream(), client.Client.RemoteEndPoint, _book, _options, time, log).RunAsync(_stop.Token).ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "RTMP endpoint listens on {Endpoint}")]
    private partial void LogListening(IPEndPoint endpoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for the publisher of key {Key} on {Endpoint}")]
    private partial void LogWaiting(string key, IPEndPoint? endpoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "RTMP connection {Peer} closed: {Limit} connections are open already")]
    private partial void LogFull(EndPoint? peer, int limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "RTMP endpoint could not take a connection: {Reason}")]
    private partial void LogAcceptFailed(string reason);
}
