using System.Globalization;
using System.Net;
using CloudNative.CloudEvents;
using Microsoft.Extensions.DependencyInjection;
using TempSamp.Live.Contracts;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>Server-sent events, read by the consumer that the contracts bring along, over a connection that breaks now and then.</summary>
public sealed class ServerSentEventTests : ChannelConformance
{
    private const int EventsAConnection = 60;

    protected override Task<EventsOptions> OptionsAsync() => Task.FromResult(new EventsOptions { Journal = false });

    protected override async Task<IReadOnlyList<CloudEvent>> ReceivedAsync(RunningDelivery running, int count)
    {
        await using var server = new EventServer(running.Services.GetRequiredService<ServerSentEvents>(), EventsAConnection);
        using var http = new HttpClient { BaseAddress = new(server.Address) };
        using var inbox = EventInbox.Open(Path.Combine(Delivery.Root, "inbox"));
        var bodies = running.State.Read(db => EventTable.After(db, 0, int.MaxValue)).ToDictionary(told => told.Id);
        await foreach (var one in LiveEvents.FollowAsync(http, inbox, cancel: TestContext.Current.CancellationToken))
        {
            var told = bodies[one.Id];
            _received.Add(Read(running.Services.GetRequiredService<CloudEventWriter>().Structured(told)));
            Assert.Equal((told.Type, told.Subject, told.At), (one.Type, one.Subject, one.Time));
            Assert.NotNull(one.Data);
            if (_received.Count == count) break;   // the last one is not handled, so it comes again after the restart
        }
        _received.RemoveAt(_received.Count - 1);
        Assert.True(server.Connections > 1);
        await foreach (var one in LiveEvents.FollowAsync(http, inbox, cancel: TestContext.Current.CancellationToken))
        {
            _received.Add(Read(running.Services.GetRequiredService<CloudEventWriter>().Structured(bodies[one.Id])));
            inbox.Handled(one, bodies[one.Id].Seq.ToString(CultureInfo.InvariantCulture));
            break;
        }
        return _received;
    }

    private readonly List<CloudEvent> _received = [];

    [Fact]
    public async Task A_reader_hears_something_when_nothing_happens()
    {
        await using var running = await StartAsync(await OptionsAsync());
        await using var server = new EventServer(running.Services.GetRequiredService<ServerSentEvents>(), 1);
        using var http = new HttpClient();
        using var lines = new StreamReader(await http.GetStreamAsync(new Uri(server.Address), TestContext.Current.CancellationToken));
        for (var comments = 0; comments < 3;) if (await lines.ReadLineAsync(TestContext.Current.CancellationToken) == ":") comments++;
        await running.Events.PublishAsync(Delivery.Online(), default);
        var told = new List<string?>();
        while (told.Count < 3) if (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 1 } line) told.Add(line);
        Assert.StartsWith("id: ", told[0]);
        Assert.Equal("event: " + EventTypes.StreamOnline, told[1]);
        Assert.StartsWith("data: {\"specversion\":\"1.0\"", told[2]);
    }

    /// <summary>A small HTTP server for them that cuts each connection off after so many events.</summary>
    private sealed class EventServer : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly ServerSentEvents _events;
        private readonly int _most;
        private readonly Task _serving;
        private int _connections;

        public EventServer(ServerSentEvents events, int most)
        {
            (_events, _most, Address) = (events, most, $"http://127.0.0.1:{FreePort.Next()}/");
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _serving = ServeAsync();
        }

        public string Address { get; }

        public int Connections => Volatile.Read(ref _connections);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Close();
            await _serving;
            _stop.Dispose();
        }

        private async Task ServeAsync()
        {
            var answers = new List<Task>();
            try
            {
                while (true) answers.Add(AnswerAsync(await _listener.GetContextAsync()));
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                await Task.WhenAll(answers);
            }
        }

        private async Task AnswerAsync(HttpListenerContext context)
        {
            Interlocked.Increment(ref _connections);
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var left = _most;
            context.Response.SendChunked = true;
            var after = long.TryParse(context.Request.Headers["Last-Event-ID"], CultureInfo.InvariantCulture, out var last) ? last : (long?)null;
            try
            {
                await _events.WriteAsync(context.Response.OutputStream, after, _ =>
                {
                    if (left-- == 0) cut.Cancel();
                    return true;
                }, TimeSpan.FromMilliseconds(20), cut.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or HttpListenerException or ObjectDisposedException)   // cut off, or the reader has gone
            {
                context.Response.Abort();
            }
        }
    }
}
