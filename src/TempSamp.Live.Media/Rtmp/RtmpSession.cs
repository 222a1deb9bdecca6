using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Logging;

namespace TempSamp.Live.Media;

/// <summary>One publisher's connection: handshake, connect, publish, then media until it ends. Owned by one task from start to end.</summary>
internal sealed partial class RtmpSession(Stream connection, EndPoint? peer, PublisherBook book, RtmpOptions options, TimeProvider time, ILogger log)
{
    private const uint Window = 2_500_000;
    private const int MediaStream = 1;
    private const ushort StreamBegin = 0, PingRequest = 6, PingResponse = 7;

    private readonly RtmpChunkWriter _writer = new(connection);
    private FlvPipe? _pipe;
    private string? _key;
    private bool _isFarewell;
    private long _window = Window, _acknowledged;

    /// <summary>Serves the connection until the peer leaves, breaks the protocol, or its stream goes away.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var from = PipeReader.Create(connection, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            await ServeAsync(from, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RtmpException or IOException)
        {
            if (!cancel.IsCancellationRequested) LogBroken(peer, Shown, e.Message);
        }
        catch (OperationCanceledException)
        {
            if (!cancel.IsCancellationRequested) LogBroken(peer, Shown, _pipe is null ? $"it did not publish within {options.HandshakeTimeout}" : "its stream stopped");
        }
        finally
        {
            await from.CompleteAsync().ConfigureAwait(false);
            Leave();
        }
    }

    private string Shown => _key is null ? "no key" : SecretText.Mask(_key);

    // handshake and commands under one time limit; media under none but the stream's own
    private async Task ServeAsync(PipeReader from, CancellationToken cancel)
    {
        var chunks = new RtmpChunkReader(from);
        using (var late = new CancellationTokenSource(options.HandshakeTimeout, time))
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token))
        {
            await RtmpHandshake.AcceptAsync(from, connection, limit.Token).ConfigureAwait(false);
            while (_key is null)
            {
                if (await NextAsync(chunks, limit.Token).ConfigureAwait(false) is not { } message) return;
                await CommandAsync(message, limit.Token).ConfigureAwait(false);
            }
        }

        if (!await AdmitAsync(_key, cancel).ConfigureAwait(false)) return;
        chunks.MaxMessageBytes = options.MaxMessageBytes;
        using var open = CancellationTokenSource.CreateLinkedTokenSource(cancel, _pipe!.Closed);
        while (await NextAsync(chunks, open.Token).ConfigureAwait(false) is { } message)
        {
            if (await MediaAsync(message, open.Token).ConfigureAwait(false)) continue;
            _isFarewell = true;
            return;
        }
    }

    private async Task<RtmpMessage?> NextAsync(RtmpChunkReader chunks, CancellationToken cancel)
    {
        var message = await chunks.ReadAsync(cancel).ConfigureAwait(false);
        if (chunks.BytesRead - _acknowledged >= _window)
        {
            _acknowledged = chunks.BytesRead;
            await _writer.ControlAsync(RtmpType.Acknowledgement, unchecked((uint)chunks.BytesRead), cancel).ConfigureAwait(false);
        }

        return message;
    }

    private async Task CommandAsync(RtmpMessage message, CancellationToken cancel)
    {
        if (message.Type is not (RtmpType.CommandAmf0 or RtmpType.CommandAmf3))
        {
            await ControlAsync(message, cancel).ConfigureAwait(false);
            return;
        }

        var (name, transaction, arguments) = Parse(message);
        switch (name)
        {
            case "connect":
                await ConnectAsync(transaction, cancel).ConfigureAwait(false);
                break;
            case "createStream":
                await _writer.CommandAsync(0, "_result", transaction, cancel, null, MediaStream).ConfigureAwait(false);
                break;
            case "releaseStream" or "FCPublish":
                await _writer.CommandAsync(0, "_result", transaction, cancel, null, null).ConfigureAwait(false);
                break;
            case "publish":
                _key = KeyOf(arguments);
                break;
            case "play":
                throw new RtmpException("it asks to play; this endpoint only takes publishers");
        }
    }

    private async Task ConnectAsync(double transaction, CancellationToken cancel)
    {
        await _writer.ControlAsync(RtmpType.WindowAckSize, Window, cancel).ConfigureAwait(false);
        await _writer.ControlAsync(RtmpType.SetPeerBandwidth, Window, cancel, limitType: 2).ConfigureAwait(false);
        await _writer.CommandAsync(0, "_result", transaction, cancel,
            new Dictionary<string, object?> { ["fmsVer"] = "FMS/3,0,1,123", ["capabilities"] = 31 },
            Status("status", "NetConnection.Connect.Success", "Connected.")).ConfigureAwait(false);
    }

    private async Task<bool> AdmitAsync(string key, CancellationToken cancel)
    {
        var pipe = new FlvPipe();
        if (await book.OfferAsync(key, pipe, cancel).ConfigureAwait(false) is { } refusal)
        {
            pipe.Dispose();
            LogRefused(peer, Shown, refusal);
            await _writer.CommandAsync(MediaStream, "onStatus", 0, cancel, null, Status("error", "NetStream.Publish.BadName", $"Refused: {refusal}.")).ConfigureAwait(false);
            return false;
        }

        _pipe = pipe;
        LogPublishing(peer, Shown);
        await _writer.UserControlAsync(StreamBegin, MediaStream, cancel).ConfigureAwait(false);
        await _writer.CommandAsync(MediaStream, "onStatus", 0, cancel, null, Status("status", "NetStream.Publish.Start", "Publishing.")).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> MediaAsync(RtmpMessage message, CancellationToken cancel)
    {
        switch (message.Type)
        {
            case RtmpType.Audio or RtmpType.Video:
                await _pipe!.WriteAsync(message.Type, message.Timestamp, message.Payload, cancel).ConfigureAwait(false);
                return true;
            case RtmpType.DataAmf0 or RtmpType.DataAmf3:
                await _pipe!.WriteAsync(RtmpType.DataAmf0, message.Timestamp, WithoutSetDataFrame(message), cancel).ConfigureAwait(false);
                return true;
            case RtmpType.Aggregate:
                await AggregateAsync(message, cancel).ConfigureAwait(false);
                return true;
            case RtmpType.CommandAmf0 or RtmpType.CommandAmf3:
                var name = Parse(message).Name;
                _isFarewell |= name == "FCUnpublish";       // a first word of farewell: to close on it would break off whoever is about to say the last one
                return name is not ("deleteStream" or "closeStream");
            default:
                await ControlAsync(message, cancel).ConfigureAwait(false);
                return true;
        }
    }

    // FLV tags back to back; their times count from the first one's (specification 7.1.6)
    private async Task AggregateAsync(RtmpMessage message, CancellationToken cancel)
    {
        const int header = 11, trailer = 4;
        uint? first = null;
        for (var body = message.Payload; body.Length >= header;)
        {
            var length = (int)(BinaryPrimitives.ReadUInt32BigEndian(body.Span) & 0xFFFFFF);
            var at = (BinaryPrimitives.ReadUInt32BigEndian(body.Span[4..]) >> 8) | ((uint)body.Span[7] << 24);
            if (length > body.Length - header) throw new RtmpException("an aggregate message is cut off");
            first ??= at;
            await MediaAsync(new RtmpMessage(body.Span[0], message.StreamId, unchecked(message.Timestamp + at - first.Value), body.Slice(header, length)), cancel).ConfigureAwait(false);
            body = body[Math.Min(body.Length, header + length + trailer)..];
        }
    }

    private async Task ControlAsync(RtmpMessage message, CancellationToken cancel)
    {
        var body = message.Payload;
        if (message.Type == RtmpType.WindowAckSize && body.Length >= 4)
            _window = Math.Max(1, BinaryPrimitives.ReadUInt32BigEndian(body.Span));
        else if (message.Type == RtmpType.UserControl && body.Length >= 6 && BinaryPrimitives.ReadUInt16BigEndian(body.Span) == PingRequest)
            await _writer.UserControlAsync(PingResponse, BinaryPrimitives.ReadUInt32BigEndian(body.Span[2..]), cancel).ConfigureAwait(false);
    }

    private void Leave()
    {
        if (_pipe is null) return;
        _pipe.Complete(_isFarewell);
        book.Release(_key!);
        LogLeft(peer, Shown);
    }

    private static (string Name, double Transaction, IReadOnlyList<object?> Arguments) Parse(RtmpMessage message)
    {
        var body = message.Type == RtmpType.CommandAmf3 && message.Payload.Length > 0 ? message.Payload[1..] : message.Payload; // a format byte, then AMF0
        return Amf0.ReadAll(body.Span) is [string name, double transaction, .. var arguments]
            ? (name, transaction, arguments)
            : throw new RtmpException("a command has no name or transaction number");
    }

    private static string KeyOf(IReadOnlyList<object?> arguments)
    {
        var name = arguments.Count > 1 ? arguments[1] as string : null;
        var key = name?.Split('?', 2)[0].Trim('/');
        return string.IsNullOrEmpty(key) ? throw new RtmpException("it publishes without a stream key; publish to rtmp://HOST:PORT/live/KEY") : key;
    }

    private static ReadOnlyMemory<byte> WithoutSetDataFrame(RtmpMessage message)
    {
        var body = message.Type == RtmpType.DataAmf3 && message.Payload.Length > 0 ? message.Payload[1..] : message.Payload;
        var rest = body.Span;
        return Amf0.ReadValue(ref rest) is "@setDataFrame" ? body[^rest.Length..] : body;
    }

    private static Dictionary<string, object?> Status(string level, string code, string description) =>
        new() { ["level"] = level, ["code"] = code, ["description"] = description, ["objectEncoding"] = 0 };

    [LoggerMessage(Level = LogLevel.Information, Message = "RTMP publisher {Peer} publishes to key {Key}")]
    private partial void LogPublishing(EndPoint? peer, string key);

    [LoggerMessage(Level = LogLevel.Information, Message = "RTMP publisher {Peer} of key {Key} left")]
    private partial void LogLeft(EndPoint? peer, string key);

    [LoggerMessage(Level = LogLevel.Warning, Message = "RTMP publisher {Peer} with key {Key} refused: {Reason}")]
    private partial void LogRefused(EndPoint? peer, string key, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "RTMP connection {Peer} ({Key}) closed: {Reason}")]
    private partial void LogBroken(EndPoint? peer, string key, string reason);
}
