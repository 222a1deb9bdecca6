using System.Net;
using System.Net.Http.Headers;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>The body of an HTTP address as a blocking stream. Seeks by a new range request when the server offers ranges.</summary>
internal sealed class HttpStream : Stream
{
    private readonly HttpClient _http;
    private readonly StreamUrl _url;
    private readonly Deadline _deadline;
    private readonly long? _length;
    private HttpResponseMessage _response;
    private Stream _body;
    private long _position;

    private HttpStream(HttpClient http, StreamUrl url, Deadline deadline, HttpResponseMessage response)
    {
        (_http, _url, _deadline, _response) = (http, url, deadline, response);
        _body = response.Content.ReadAsStream();
        _length = response.Content.Headers.ContentLength;
        CanSeek = _length is not null && response.Headers.AcceptRanges.Contains("bytes");
    }

    /// <summary>Sends the request and waits for the answer's head.</summary>
    /// <exception cref="StreamException"><c>refused</c> for an answer like 404, <c>unreachable</c> for no answer or 5xx, <c>forbidden</c> by the address guard.</exception>
    public static Resource Open(HttpClient http, StreamUrl url, Deadline deadline)
    {
        var response = Send(http, url, deadline, from: 0);
        var final = new StreamUrl(StreamUrlKind.Http, response.RequestMessage!.RequestUri!.AbsoluteUri);
        return new Resource(new HttpStream(http, final, deadline, response), final, response.Content.Headers.ContentType?.MediaType ?? "");
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

        _response.Dispose();
        _response = Send(_http, _url, _deadline, target);
        _body = _response.Content.ReadAsStream();
        return _position = target;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _response.Dispose();
        base.Dispose(disposing);
    }

    private static HttpResponseMessage Send(HttpClient http, StreamUrl url, Deadline deadline, long from)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url.Target);
        if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
        try
        {
            var response = deadline.Wait(cancel => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel));
            if (response.IsSuccessStatusCode && (from == 0 || response.StatusCode == HttpStatusCode.PartialContent)) return response;
            using (response) throw Refused(url, response);
        }
        catch (HttpRequestException e)
        {
            if (e.InnerException is StreamException refusal) throw refusal;
            throw new StreamException($"{url} cannot be reached: {e.Message} Check the address and that the server is up.", "unreachable", e);
        }
    }

    private static StreamException Refused(StreamUrl url, HttpResponseMessage response) => (int)response.StatusCode >= 500
        ? new($"{url} cannot be read: the server answers {(int)response.StatusCode} {response.ReasonPhrase}. Check the server.", "unreachable")
        : new($"{url} is refused: the server answers {(int)response.StatusCode} {response.ReasonPhrase}. Check the address and its access rights.", "refused");
}
