using System.Net;
using System.Net.Http.Headers;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>The body of an HTTP address as a blocking stream. Seeks by a new range request when the server offers ranges.</summary>
internal sealed class HttpStream : Stream
{
    private readonly GuardedHttp _http;
    private readonly StreamUrl _url;
    private readonly Deadline _deadline;
    private readonly long? _length;
    private HttpResponseMessage _answer;
    private Stream _body;
    private long _position;

    private HttpStream(GuardedHttp http, StreamUrl url, Deadline deadline, HttpResponseMessage answer)
    {
        (_http, _url, _deadline, _answer) = (http, url, deadline, answer);
        _body = answer.Content.ReadAsStream();
        _length = answer.Content.Headers.ContentLength;
        CanSeek = _length is not null && answer.Headers.AcceptRanges.Contains("bytes");
        deadline.IsConnected = true;
    }

    /// <summary>Sends the request and waits for the answer's head.</summary>
    /// <exception cref="StreamException">As <see cref="GuardedHttp.GetAsync"/>.</exception>
    public static Resource Open(GuardedHttp http, StreamUrl url, Deadline deadline)
    {
        var (answer, final) = deadline.Wait(cancel => http.GetAsync(url, null, cancel));
        return new Resource(new HttpStream(http, final, deadline, answer), final);
    }

    public override bool CanRead => true;

    public override bool CanSeek { get; }

    public override bool CanWrite => false;

    public override long Length => _length ?? throw new NotSupportedException("The server did not say how long its answer is.");

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = _deadline.Wait(cancel => _body.ReadAsync(buffer.AsMemory(offset, count), cancel).AsTask());
        if (read == 0 && count > 0 && _length is { } length && _position < length)
            throw new EndOfStreamException($"{_url} ended after {_position} of {length} bytes");
        _position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        if (!CanSeek) throw new NotSupportedException("The server does not offer byte ranges.");
        var target = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => Length + offset };
        if (target == _position) return target;
        if (target < 0 || target > Length) throw new IOException($"Position {target} lies outside {_url}.");

        var (answer, _) = _deadline.Wait(cancel => _http.GetAsync(_url, new RangeHeaderValue(target, null), cancel));
        if (target > 0 && answer.StatusCode != HttpStatusCode.PartialContent)
        {
            answer.Dispose();
            throw new IOException($"{_url} does not give the range it offers.");
        }

        _answer.Dispose();
        (_answer, _body) = (answer, answer.Content.ReadAsStream());
        return _position = target;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _answer.Dispose();
        base.Dispose(disposing);
    }
}
