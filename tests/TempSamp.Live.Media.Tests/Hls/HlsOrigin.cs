using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TempSamp.Live.Media.Tests;

/// <summary>What the origin answers.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The bytes.</param>
/// <param name="Location">Where a redirect leads; null for none.</param>
/// <param name="CutAfter">Closes the connection after that many bytes of the body; null sends all.</param>
/// <param name="Stall">Sends the head and then nothing more.</param>
internal sealed record OriginAnswer(int Status, byte[] Body, string? Location = null, int? CutAfter = null, bool Stall = false)
{
    public static readonly OriginAnswer Missing = new(404, []), Broken = new(503, []);

    public static OriginAnswer Text(string text) => new(200, Encoding.UTF8.GetBytes(text));

    public static OriginAnswer File(string path) => System.IO.File.Exists(path) ? new(200, System.IO.File.ReadAllBytes(path)) : Missing;
}

/// <summary>An HTTP server on loopback whose every answer the test decides. Understands single byte ranges.</summary>
internal sealed class HlsOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, OriginAnswer> _answer;
    private readonly List<string> _asked = [];
    private readonly Task _serving;
    private int _connections;

    public HlsOrigin(Func<string, OriginAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Serves a folder; a name is looked for as it is written and then unescaped.</summary>
    public static HlsOrigin Of(string folder) => new(path => FileIn(folder, path));

    /// <summary>Everything that was asked for, in order.</summary>
    public IReadOnlyList<string> Asked
    {
        get { lock (_asked) return [.. _asked]; }
    }

    /// <summary>Connections taken so far.</summary>
    public int Connections => _connections;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url(string path) => $"http://127.0.0.1:{Port}/{path}";

    public static OriginAnswer FileIn(string folder, string path)
    {
        var literal = Path.Combine(folder, path.TrimStart('/'));
        return OriginAnswer.File(File.Exists(literal) ? literal : Path.Combine(folder, Uri.UnescapeDataString(path.TrimStart('/'))));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _ = TalkAsync(client);
            }
            catch (Exception e) when (_stop.IsCancellationRequested && (e is OperationCanceledException or ObjectDisposedException or SocketException))
            {
                return;         // the test is over
            }
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } request)
                {
                    string? range = null;
                    while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
                        if (header.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase)) range = header["Range: bytes=".Length..];
                    var path = request.Split(' ')[1];
                    lock (_asked) _asked.Add(path);
                    if (!await SendAsync(client.GetStream(), _answer(path), range)) return;
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // the client went away, or the test is over
            }
        }
    }

    private async Task<bool> SendAsync(NetworkStream to, OriginAnswer answer, string? range)
    {
        var (status, body, extra) = (answer.Status, answer.Body, "");
        if (range?.Split('-') is [var from, var last] && status == 200)
        {
            var start = int.Parse(from, CultureInfo.InvariantCulture);
            var end = last.Length == 0 ? body.Length - 1 : (int)Math.Min(body.Length - 1, long.Parse(last, CultureInfo.InvariantCulture));
            if (start >= body.Length) (status, body) = (416, []);
            else (status, extra, body) = (206, $"Content-Range: bytes {start}-{end}/{body.Length}\r\n", body[start..(end + 1)]);
        }

        if (answer.Location is { } location) extra += $"Location: {location}\r\n";
        await to.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\nAccept-Ranges: bytes\r\n{extra}\r\n"), _stop.Token);
        if (answer.Stall) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
        await to.WriteAsync(body.AsMemory(0, Math.Min(body.Length, answer.CutAfter ?? body.Length)), _stop.Token);
        return answer.CutAfter is null;
    }
}
