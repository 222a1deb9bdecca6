using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace TempSamp.Live.Contracts;

/// <summary>Follows the events of a TempSamp.Live worker over HTTP (server-sent events at <c>/v1/events</c>): no broker and no package but this one.</summary>
public static class LiveEvents
{
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(90), _firstWait = TimeSpan.FromSeconds(0.5), _longestWait = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Events that the inbox has not seen, as they happen, for ever: a connection that breaks or falls silent is made again and goes on where the inbox says,
    /// with an empty inbox at the oldest event that the worker keeps. An event counts as handled when the next one is asked for.
    /// </summary>
    /// <param name="http">Knows the worker's address (<see cref="HttpClient.BaseAddress"/>) and, where callers need one, the key.</param>
    /// <param name="inbox">What was handled.</param>
    /// <param name="streams">Ids of the streams to follow; none: all.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="HttpRequestException">The worker refuses the request: no such stream, or not for this caller.</exception>
    public static async IAsyncEnumerable<LiveEvent> FollowAsync(
        HttpClient http, EventInbox inbox, IEnumerable<string>? streams = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(inbox);
        var address = "v1/events?" + string.Join('&', (streams ?? []).Select(id => "stream=" + Uri.EscapeDataString(id)));
        for (var wait = _firstWait; ; wait = wait * 2 < _longestWait ? wait * 2 : _longestWait)
        {
            using var connection = await ConnectAsync(http, address, inbox.Position ?? "0", cancel).ConfigureAwait(false);
            while (connection is not null && await connection.NextAsync(cancel).ConfigureAwait(false) is (var one, var position))
            {
                wait = _firstWait;
                if (!inbox.IsNew(one)) continue;
                yield return one;
                inbox.Handled(one, position);
            }
            await Task.Delay(wait, TimeProvider.System, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Null when nobody answers now.</summary>
    private static async Task<Connection?> ConnectAsync(HttpClient http, string address, string position, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Last-Event-ID", position);
        request.Headers.Accept.Add(new("text/event-stream"));
        try
        {
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return new(answer, await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
            using (answer)
                return answer.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout ? null
                    : throw new HttpRequestException($"{request.RequestUri} answers {(int)answer.StatusCode}: check the address, the key and what it may see", null, answer.StatusCode);
        }
        catch (HttpRequestException error) when (error.StatusCode is null)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)   // the client's own time-out
        {
            return null;
        }
    }

    /// <summary>One answer that goes on.</summary>
    private sealed class Connection(HttpResponseMessage answer, Stream body) : IDisposable
    {
        private readonly StreamReader _lines = new(body, Encoding.UTF8);

        /// <summary>The next event and its place; null when the connection is over.</summary>
        public async Task<(LiveEvent Event, string Position)?> NextAsync(CancellationToken cancel)
        {
            var (position, data) = ("", "");
            while (await LineAsync(cancel).ConfigureAwait(false) is { } line)
            {
                if (line.StartsWith("id:", StringComparison.Ordinal)) position = line[3..].Trim();
                else if (line.StartsWith("data:", StringComparison.Ordinal)) data += line[5..];
                else if (line.Length == 0 && data.Length > 0) return (LiveEvent.Parse(Encoding.UTF8.GetBytes(data)), position);
            }
            return null;
        }

        public void Dispose()
        {
            _lines.Dispose();
            answer.Dispose();
        }

        private async Task<string?> LineAsync(CancellationToken cancel)
        {
            using var silence = new CancellationTokenSource(_silence, TimeProvider.System);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
            try
            {
                return await _lines.ReadLineAsync(end.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException && !cancel.IsCancellationRequested)   // it broke or fell silent: made again
            {
                return null;
            }
        }
    }
}
