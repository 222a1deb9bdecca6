using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace TempSamp.Live.Media.Tests;

/// <summary>A scripted RTMP publisher: says exactly what a test wants it to say.</summary>
internal sealed class RtmpClient : IDisposable
{
    private readonly TcpClient _tcp = new();
    private RtmpChunkReader _reader = null!;
    private RtmpChunkWriter _writer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RtmpClient> ConnectAsync(IPEndPoint endpoint)
    {
        var client = new RtmpClient();
        await client._tcp.ConnectAsync(endpoint, Cancel);
        var stream = client._tcp.GetStream();
        await stream.WriteAsync((byte[])[3, .. new byte[1536]], Cancel);
        var answer = new byte[1 + 2 * 1536];
        await stream.ReadExactlyAsync(answer, Cancel);
        await stream.WriteAsync(answer.AsMemory(1, 1536), Cancel);
        (client._reader, client._writer) = (new RtmpChunkReader(PipeReader.Create(stream)), new RtmpChunkWriter(stream));
        return client;
    }

    public Task CommandAsync(string name, double transaction, params object?[] arguments) => _writer.CommandAsync(0, name, transaction, Cancel, arguments);

    /// <summary>A command in the form of clients that chose AMF3: a format byte, then the same.</summary>
    public Task CommandAmf3Async(string name, double transaction, params object?[] arguments)
    {
        var body = new ArrayBufferWriter<byte>();
        body.Write<byte>([0]);
        Amf0.Write(body, name, transaction);
        Amf0.Write(body, arguments);
        return SendAsync(RtmpType.CommandAmf3, body.WrittenMemory);
    }

    public Task SendAsync(byte type, ReadOnlyMemory<byte> body) => _writer.WriteAsync(4, type, 1, body, Cancel);

    /// <summary>Skips to the next command of a name and gives its values.</summary>
    public async Task<List<object?>> ExpectAsync(string name)
    {
        while (await _reader.ReadAsync(Cancel) is { } message)
        {
            if (message.Type != RtmpType.CommandAmf0) continue;
            var values = Amf0.ReadAll(message.Payload.Span);
            if (values[0] is string said && said == name) return values;
        }

        throw new EndOfStreamException($"the server closed without {name}");
    }

    /// <summary>Skips to the next message of a type and gives its body.</summary>
    public async Task<byte[]> ExpectAsync(byte type, byte second)
    {
        while (await _reader.ReadAsync(Cancel) is { } message)
            if (message.Type == type && message.Payload.Span[1] == second) return message.Payload.ToArray();
        throw new EndOfStreamException($"the server closed without message {type}");
    }

    public async Task PublishAsync(string key)
    {
        await CommandAsync("connect", 1, new Dictionary<string, object?> { ["app"] = "live", ["type"] = "nonprivate", ["flashVer"] = "FMLE/3.0", ["tcUrl"] = "rtmp://localhost/live" });
        Assert.Equal("NetConnection.Connect.Success", Code(await ExpectAsync("_result")));
        await CommandAsync("releaseStream", 2, null, key);
        await CommandAsync("FCPublish", 3, null, key);
        await CommandAmf3Async("createStream", 4, [null]);
        List<object?> created;
        do created = await ExpectAsync("_result");
        while (created[1] is not 4.0);
        Assert.Equal(1.0, created[3]);
        await CommandAsync("publish", 5, null, key, "live");
    }

    public static string? Code(List<object?> values) => (values[^1] as Dictionary<string, object?>)?["code"] as string;

    public void Dispose() => _tcp.Dispose();
}
