using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Events to somebody's HTTP address: signed, tried again, and a dead letter in the end.</summary>
/// <remarks>
/// Redirects are not followed and connections go only to addresses that were checked, so that an address in the settings never reaches what it must not.
/// Answers 400, 410, 413 and 422 mean that this very event will never be taken; every other refusal may pass.
/// </remarks>
internal sealed class WebhookChannel : IEventChannel
{
    private readonly WebhookOptions _options;
    private readonly WebhookSignature _signature;
    private readonly CloudEventWriter _writer;
    private readonly TimeProvider _time;
    private readonly Uri _url;
    private readonly HttpClient _http;

    public WebhookChannel(string name, WebhookOptions options, CloudEventWriter writer, ResolveAddress resolve, IOptions<DeliveryOptions> delivery, TimeProvider time)
    {
        (Name, _options, _writer, _time) = (name, options, writer, time);
        _signature = new(options.Secret);
        _url = new(options.Url);
        _http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = options.Timeout, PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = (context, cancel) => ConnectAsync(resolve, context.DnsEndPoint, cancel),
        }) { Timeout = options.Timeout };
        Pace = new(delivery.Value.RetryFirst, options.RetryMost, options.GiveUpAfter);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public RetryPace Pace { get; }

    /// <summary>The channel of a webhook in the settings.</summary>
    public static string NameOf(string webhook) => $"webhook:{webhook}";

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancel) => Task.CompletedTask;   // whether it answers shows with the first event

    /// <inheritdoc/>
    public async Task SendAsync(PendingEvent pending, CancellationToken cancel)
    {
        using var request = Request(pending.Told);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (!answer.IsSuccessStatusCode) throw Refused(answer.StatusCode);
        }
        catch (HttpRequestException error)
        {
            throw new ChannelException($"{Name} at {_url.Host}: {error.GetBaseException().Message} Check Events:{Name.Replace("webhook", "Webhooks", StringComparison.Ordinal)}:Url and that the receiver is up.", inner: error);
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw new ChannelException($"{Name} at {_url.Host} gave no answer in {_options.Timeout.TotalSeconds:0} s; it should answer first and work afterwards", inner: error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private HttpRequestMessage Request(ToldEvent told)
    {
        var body = _writer.Structured(told);
        var at = _time.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(CloudEventWriter.StructuredType);
        request.Headers.Add("webhook-id", told.Id);
        request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", _signature.Of(told.Id, at, body.Span));
        return request;
    }

    private ChannelException Refused(HttpStatusCode status)
    {
        var isFinal = status is HttpStatusCode.BadRequest or HttpStatusCode.Gone or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity;
        var what = (int)status is >= 300 and < 400 ? "it points elsewhere, which is not followed; set the address it points to" : "see the receiver's log";
        return new($"{Name} at {_url.Host} answers {(int)status}: {what}", isFinal);
    }

    private static async ValueTask<Stream> ConnectAsync(ResolveAddress resolve, DnsEndPoint server, CancellationToken cancel)
    {
        var addresses = await resolve(server.Host, cancel);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync([.. addresses], server.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
