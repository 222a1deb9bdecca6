using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TempSamp.Live.Contracts;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Host.Tests;

/// <summary><c>/v1/events</c>.</summary>
public sealed partial class ApiTests
{
    [Fact]
    public async Task Events_are_followed_by_viewers_and_gone_on_with_behind_the_last_one()
    {
        var stream = await TellAsync("followed", sessions: 2);
        using var client = api.As("eve");
        using var inbox = new EventInbox();
        Assert.Equal([$"{stream}-0:online", $"{stream}-0:offline"], await ReadAsync(client, inbox, stream, 2));
        Assert.Equal([$"{stream}-0:offline", $"{stream}-1:online", $"{stream}-1:offline"], await ReadAsync(client, inbox, stream, 3));   // the one that was not handled comes again
    }

    [Fact]
    public async Task A_caller_with_grants_reads_the_events_of_the_granted_streams_only()
    {
        var foreign = await TellAsync("foreign", sessions: 1);
        var own = await TellAsync("guest-read", sessions: 1);
        using var client = api.As("guest");
        using var inbox = new EventInbox();
        var ids = new List<string>();
        await foreach (var one in LiveEvents.FollowAsync(client, inbox, cancel: Cancel))
        {
            ids.Add(one.Id);
            if (one.Id == $"{own}-0:offline") break;
        }
        Assert.DoesNotContain(ids, id => id.StartsWith(foreign, StringComparison.Ordinal));

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => ReadAsync(client, inbox, foreign, 1));
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Theory]
    [InlineData(null, "0", HttpStatusCode.Unauthorized)]
    [InlineData("eve", "yesterday", HttpStatusCode.BadRequest)]
    [InlineData("eve", "-5", HttpStatusCode.BadRequest)]
    public async Task Who_may_not_read_events_or_asks_for_no_place_is_told(string? caller, string after, HttpStatusCode expected)
    {
        using var client = api.As(caller);
        using var answer = await client.GetAsync($"/v1/events?after={after}", HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Events_are_not_kept_by_anything_on_the_way()
    {
        using var client = api.As("eve");
        using var answer = await client.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal(("text/event-stream", true), (answer.Content.Headers.ContentType?.MediaType, answer.Headers.CacheControl?.NoStore));
    }

    [Fact]
    public void Readers_beyond_the_limit_wait_for_a_place()
    {
        var readers = new EventReaders(Options.Create(new ApiOptions { EventReaders = 2 }));
        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(_ => readers.TryEnter(new DefaultHttpContext())));
    }

    [Fact]
    public async Task The_description_of_the_events_is_the_published_one()
    {
        using var client = api.As(null);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(SharedData.Repository!, "deploy", "asyncapi.json"), Cancel), await client.GetStringAsync("/v1/asyncapi.json", Cancel));
    }

    /// <summary>Tells of sessions of a stream that is this test's own. They are of today: what is older than retention allows may be gone before it is read.</summary>
    private async Task<string> TellAsync(string name, int sessions)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (events, stream) = (api.Services.GetRequiredService<IClipEvents>(), $"{name}-{Guid.NewGuid():N}");
        for (var session = 0; session < sessions; session++)
        {
            await events.PublishAsync(new StreamOnline(stream, $"{stream}-{session}", now, []), Cancel);
            await events.PublishAsync(new StreamOffline(stream, $"{stream}-{session}", now, "ended", "the source ended the stream"), Cancel);
        }
        return stream;
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(HttpClient client, EventInbox inbox, string stream, int count)
    {
        var ids = new List<string>();
        await foreach (var one in LiveEvents.FollowAsync(client, inbox, [stream], Cancel))
        {
            ids.Add(one.Id);
            if (ids.Count == count) break;
        }
        return ids;
    }
}
