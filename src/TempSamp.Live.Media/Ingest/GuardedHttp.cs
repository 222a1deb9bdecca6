using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// HTTP that goes nowhere unchecked: every name is resolved, its addresses are checked and one of those is connected to; every redirect is
/// an address like any other. No proxy, no cookies, no compression.
/// </summary>
internal sealed class GuardedHttp(UrlPolicy policy, AddressGuard guard) : IDisposable
{
    private const int MostRedirects = 5;
    private const string Agent = "TempSamp.Live/1.0";

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancel) => await ConnectAsync(guard, context.DnsEndPoint, cancel).ConfigureAwait(false),
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseProxy = false,
        UseCookies = false,
    }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Asks for a resource and waits for the head of the answer.</summary>
    /// <param name="url">The address, which passed the policy.</param>
    /// <param name="range">The wanted part; null for all.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>A successful answer and the address that gave it. The caller disposes the answer.</returns>
    /// <exception cref="StreamException"><c>refused</c> for an answer like 404, <c>unreachable</c> for no answer or 5xx, <c>forbidden</c> by policy or guard.</exception>
    public async Task<(HttpResponseMessage Answer, StreamUrl Url)> GetAsync(StreamUrl url, RangeHeaderValue? range, CancellationToken cancel)
    {
        var target = url;
        for (var redirects = 0; ; redirects++)
        {
            var answer = await SendAsync(target, range, cancel).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return (answer, target);
            using (answer)
            {
                if (answer.Headers.Location is not { } location || (int)answer.StatusCode is < 300 or >= 400) throw Refused(target, answer);
                if (redirects == MostRedirects) throw new StreamException($"{url} is refused: it redirects more than {MostRedirects} times. Name the final address.", "refused");
                target = Redirected(target, location);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private StreamUrl Redirected(StreamUrl from, Uri location)
    {
        var target = policy.CheckNested(location.OriginalString, from);
        return from.Target.StartsWith("https:", StringComparison.Ordinal) && target.Target.StartsWith("http:", StringComparison.Ordinal)
            ? throw UrlPolicy.Forbidden($"Redirect of {from}", target.ToString(), "it leaves HTTPS for plain HTTP", "Name an HTTPS address.")
            : target;
    }

    private async Task<HttpResponseMessage> SendAsync(StreamUrl url, RangeHeaderValue? range, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url.Target);
        request.Headers.Range = range;
        request.Headers.TryAddWithoutValidation("User-Agent", Agent);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            if (e.InnerException is StreamException refusal) throw refusal;
            throw new StreamException($"{url} cannot be reached: {e.Message} Check the address and that the server is up.", "unreachable", e);
        }
    }

    private static async Task<Stream> ConnectAsync(AddressGuard guard, DnsEndPoint target, CancellationToken cancel)
    {
        var addresses = await guard.ResolveAsync(target.Host, cancel).ConfigureAwait(false);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync([.. addresses], target.Port, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static StreamException Refused(StreamUrl url, HttpResponseMessage answer) => (int)answer.StatusCode >= 500
        ? new($"{url} cannot be read: the server answers {(int)answer.StatusCode} {SecretText.Printable(answer.ReasonPhrase ?? "")}. Check the server.", "unreachable")
        : new($"{url} is refused: the server answers {(int)answer.StatusCode} {SecretText.Printable(answer.ReasonPhrase ?? "")}. Check the address and its access rights.", "refused");
}
