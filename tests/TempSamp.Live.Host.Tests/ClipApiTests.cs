using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TempSamp.Live.Delivery;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Host.Tests;

/// <summary><c>/v1/clips</c>: what became of a clip, and links to its files.</summary>
public sealed class ClipApiTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_link_is_signed_for_the_public_address_lives_as_long_as_asked_and_gives_the_clip()
    {
        await using var server = await FakeS3.StartAsync();
        await using var daemon = await StoreDaemon.StartAsync(_folder, server, ("Store:PublicEndpoint", server.Endpoint.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)));
        using var http = StoreDaemon.Client(daemon);
        var id = await StoreDaemon.DeliverAsync(daemon);
        await ArrivedAsync(daemon, id);

        var clip = (await http.GetFromJsonAsync<JsonNode>($"/v1/clips/{id}", Cancel))!;
        var link = (await http.GetFromJsonAsync<JsonNode>($"/v1/clips/{id}/url?minutes=5", Cancel))!;
        var url = new Uri(link["url"]!.GetValue<string>());

        Assert.Equal(("match", "goal"), (clip["stream"]!.GetValue<string>(), clip["query"]!.GetValue<string>()));
        Assert.Equal(["main", "sidecar"], clip["media"]!.AsArray().Select(file => file!["role"]!.GetValue<string>()));
        Assert.Equal("localhost", url.Host);
        Assert.Contains("X-Amz-Expires=300&", url.Query, StringComparison.Ordinal);
        Assert.Contains("X-Amz-Signature=", url.Query, StringComparison.Ordinal);
        Assert.Equal("moving pictures", await http.GetStringAsync(url, Cancel));
    }

    [Fact]
    public async Task What_cannot_be_linked_to_says_why()
    {
        await using var daemon = await StoreDaemon.StartAsync(_folder, server: null);
        using var http = StoreDaemon.Client(daemon);
        var id = await StoreDaemon.DeliverAsync(daemon);
        await ArrivedAsync(daemon, id);

        Assert.Equal((HttpStatusCode.NotFound, "there is no clip 'nowhere'"), await ProblemAsync(http, "/v1/clips/nowhere/url"));
        Assert.Equal((HttpStatusCode.Conflict, $"clip '{id}' has no file of role 'poster'; it has main, sidecar"), await ProblemAsync(http, $"/v1/clips/{id}/url?role=poster"));
        var (status, reason) = await ProblemAsync(http, $"/v1/clips/{id}/url");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("set Store:Kind to S3", reason, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await ProblemAsync(http, $"/v1/clips/{id}/url?minutes=0")).Status);
    }

    private static Task ArrivedAsync(Daemon daemon, string id) => Until.TrueAsync("the clip's arrival", TimeSpan.FromSeconds(60),
        () => Task.FromResult(daemon.Services.GetRequiredService<IClipLibrary>().Find(id)!.State is ClipState.Verified or ClipState.Published));

    private static async Task<(HttpStatusCode Status, string Reason)> ProblemAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path, Cancel);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!["detail"]!.GetValue<string>());
    }
}
