using System.Net;
using System.Net.Http.Headers;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Opens the bytes of files and HTTP addresses, so that libav itself opens no file and no connection: every name is resolved, checked and
/// connected to here, redirects included.
/// </summary>
internal sealed class ResourceReader(UrlPolicy policy, AddressGuard guard) : IDisposable
{
    private readonly GuardedHttp _http = new(policy, guard);

    /// <summary>What may be opened.</summary>
    public UrlPolicy Policy => policy;

    /// <summary>Which hosts may be connected to.</summary>
    public AddressGuard Guard => guard;

    /// <summary>Opens a file or an HTTP address that passed the policy.</summary>
    /// <exception cref="StreamException">It is missing, refused, forbidden or unreachable.</exception>
    public Resource Open(StreamUrl url, Deadline deadline) => url.Kind == StreamUrlKind.File ? new(OpenFile(url), url) : HttpStream.Open(_http, url, deadline);

    /// <summary>Reads a resource, or a part of one, into memory.</summary>
    /// <param name="url">A file or an HTTP address that passed the policy.</param>
    /// <param name="range">The part; null for all.</param>
    /// <param name="mostBytes">The most that is taken.</param>
    /// <param name="into">Takes the bytes; holds what came before a failure.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <returns>Where the bytes came from, after redirects.</returns>
    /// <exception cref="StreamException">It is missing, refused, forbidden, unreachable, or larger than allowed.</exception>
    /// <exception cref="IOException">It ended early.</exception>
    public async Task<StreamUrl> FetchAsync(StreamUrl url, ByteRange? range, int mostBytes, MemoryStream into, CancellationToken cancel)
    {
        if (url.Kind == StreamUrlKind.File)
        {
            using var file = OpenFile(url);
            await CopyAsync(file, url, range?.Offset ?? 0, range?.Length, mostBytes, into, cancel).ConfigureAwait(false);
            return url;
        }

        var header = range is { } wanted ? new RangeHeaderValue(wanted.Offset, wanted.Offset + wanted.Length - 1) : null;
        var (answer, final) = await _http.GetAsync(url, header, cancel).ConfigureAwait(false);
        using (answer)
        {
            var length = range?.Length ?? answer.Content.Headers.ContentLength;
            var skip = answer.StatusCode == HttpStatusCode.PartialContent ? 0 : range?.Offset ?? 0; // a server without ranges gives everything
            using var body = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            await CopyAsync(body, final, skip, length, mostBytes, into, cancel).ConfigureAwait(false);
            return final;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static FileStream OpenFile(StreamUrl url)
    {
        try
        {
            return new FileStream(url.Target, new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamException($"File '{SecretText.Printable(url.Target)}' cannot be opened: {e.Message} Check the path and its permissions.", "unreachable", e);
        }
    }

    private static async Task CopyAsync(Stream body, StreamUrl url, long skip, long? length, int mostBytes, MemoryStream into, CancellationToken cancel)
    {
        if (length > mostBytes) throw TooLarge(url, mostBytes);
        var buffer = new byte[64 * 1024];
        if (skip > 0 && body.CanSeek) skip -= Math.Min(skip, body.Seek(Math.Min(skip, body.Length), SeekOrigin.Begin));
        while (length is null || into.Length < length)
        {
            var wanted = (int)Math.Min(buffer.Length, skip > 0 ? skip : (length ?? long.MaxValue) - into.Length);
            var read = await body.ReadAsync(buffer.AsMemory(0, wanted), cancel).ConfigureAwait(false);
            if (read == 0 && (length is not null || skip > 0)) throw new EndOfStreamException($"{url} ended after {into.Length} of {length} bytes");
            if (read == 0) return;
            if (skip > 0) skip -= read;
            else if (into.Length + read > mostBytes) throw TooLarge(url, mostBytes);
            else into.Write(buffer, 0, read);
        }
    }

    private static StreamException TooLarge(StreamUrl url, int mostBytes) =>
        new($"{url} is refused: it is larger than {mostBytes / 1000} kB. Check what the server sends.", "refused");
}

/// <summary>Open bytes.</summary>
/// <param name="Body">The bytes; the receiver disposes them.</param>
/// <param name="Url">Where they come from, after redirects.</param>
internal sealed record Resource(Stream Body, StreamUrl Url);
