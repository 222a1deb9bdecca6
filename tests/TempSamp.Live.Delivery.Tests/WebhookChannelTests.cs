using System.Collections.Concurrent;
using System.Net;
using System.Text;
using CloudNative.CloudEvents;
using Microsoft.Extensions.DependencyInjection;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>A webhook.</summary>
public sealed class WebhookChannelTests : ChannelConformance
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAA=";

    private readonly HookReceiver _receiver = new();

    public override void Dispose()
    {
        _receiver.Dispose();
        base.Dispose();
    }

    protected override Task<EventsOptions> OptionsAsync() =>
        Task.FromResult(new EventsOptions { Journal = false, Webhooks = new Dictionary<string, WebhookOptions> { ["editors"] = new() { Url = _receiver.Url, Secret = Secret, GiveUpAfter = TimeSpan.FromDays(10_000) } } });

    protected override Task<IReadOnlyList<CloudEvent>> ReceivedAsync(RunningDelivery running, int count) =>
        Task.FromResult<IReadOnlyList<CloudEvent>>([.. _receiver.Requests.Select(request => Read(request.Body))]);

    [Fact]
    public async Task Requests_are_signed_as_Standard_Webhooks_says()
    {
        await using (var running = await StartAsync(await OptionsAsync())) await running.Events.PublishAsync(Delivery.Online(), default);
        var (headers, body) = _receiver.Requests.First();
        var signed = Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{Encoding.UTF8.GetString(body.Span)}");
        Assert.Equal("v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), signed)), headers["webhook-signature"]);
        Assert.Equal("match-s1:online", headers["webhook-id"]);
        Assert.Equal(CloudEventWriter.StructuredType, headers["Content-Type"]);
    }

    [Fact]
    public async Task A_receiver_that_fails_is_tried_again_and_one_that_refuses_for_good_leaves_a_dead_letter_that_can_be_replayed()
    {
        _receiver.Answers.Enqueue(500);
        _receiver.Answers.Enqueue(422);
        await using var running = await StartAsync(await OptionsAsync());
        await running.Events.PublishAsync(Delivery.Online(), default);
        await running.Pumps.DrainAsync(default);
        var letters = running.Services.GetRequiredService<IDeadLetters>();
        var letter = Assert.Single(letters.List(10));
        Assert.Equal(("webhook:editors", "match-s1:online", 2), (letter.Channel, letter.Event.Id, letter.Attempts));
        Assert.Contains("422", letter.Error);

        Assert.Equal(1, await letters.ReplayAsync("webhook:editors", null));
        await running.Pumps.DrainAsync(default);
        Assert.Empty(letters.List(10));
        Assert.Equal(3, _receiver.Requests.Count);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_counts_as_a_refusal()
    {
        _receiver.Answers.Enqueue(302);
        await using var running = await StartAsync(await OptionsAsync());
        await running.Events.PublishAsync(Delivery.Online(), default);
        await running.Pumps.DrainAsync(default);
        Assert.Equal(2, _receiver.Requests.Count);
    }

    /// <summary>A small HTTP server that keeps what it is sent.</summary>
    private sealed class HookReceiver : IDisposable
    {
        private readonly HttpListener _listener = new();

        public HookReceiver()
        {
            Url = $"http://127.0.0.1:{FreePort.Next()}/hook/";
            _listener.Prefixes.Add(Url);
            _listener.Start();
            _ = ServeAsync();
        }

        public string Url { get; }

        public ConcurrentQueue<int> Answers { get; } = [];

        public ConcurrentQueue<(IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)> Requests { get; } = [];

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                Requests.Enqueue((context.Request.Headers.AllKeys.ToDictionary(key => key!, key => context.Request.Headers[key]!, StringComparer.OrdinalIgnoreCase), body.ToArray()));
                context.Response.StatusCode = Answers.TryDequeue(out var answer) ? answer : 200;
                if (answer == 302) context.Response.RedirectLocation = "http://169.254.169.254/";
                context.Response.Close();
            }
        }
    }
}
