using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TempSamp.Live.Delivery;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Host.Tests;

/// <summary>A daemon that shares its streams over a real broker: they come from the command line and from the API, and run here.</summary>
public sealed class SharedStreamsApiTests : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();
    private KafkaBroker? _broker;
    private Daemon? _daemon;

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null) await _daemon.DisposeAsync();
        if (_broker is not null) await _broker.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Streams_of_command_line_and_API_run_on_the_worker_that_holds_them_until_they_are_removed()
    {
        Assert.SkipWhen(KafkaBroker.WhyAbsent is not null, KafkaBroker.WhyAbsent ?? "");
        _broker = await KafkaBroker.StartAsync();
        var file = _folder.Write("shared.json", """{ "Queries": { "ski": { "crash": { "Text": "a skier falls" } } }, "Streams": { "slalom": { "Url": "rtmp://127.0.0.1:9/live/x", "QuerySets": [ "ski" ] } } }""");
        Assert.Equal((0, "slalom published\n"), await RunAsync("publish", file));
        Assert.Equal((0, "slalom  rtmp://127.0.0.1:9/live/***  1 queries\n"), await RunAsync("list"));

        using var client = await StartAsync();
        await UntilAsync("the published stream runs", async () => (await StreamAsync(client, "slalom"))?["status"] is not null);
        Assert.Equal("api", (string?)(await StreamAsync(client, "slalom"))!["source"]);
        await UntilAsync("readiness knows of the group", async () => (string?)(await ReadyAsync(client))["checks"]!["group"]!["status"] == "healthy");
        Assert.Matches("highlight_group_shares{[^}]*} 2", await client.GetStringAsync("/metrics", Cancel));

        var put = await client.PutAsync("/v1/streams/downhill", new StringContent("""{ "Url": "rtmp://127.0.0.1:9/live/y", "Queries": { "win": { "Text": "a skier wins" } } }""", Encoding.UTF8, "application/json"), Cancel);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        await UntilAsync("the put stream runs", async () => (await StreamAsync(client, "downhill"))?["status"] is not null);
        Assert.Contains("downhill", (await RunAsync("list")).Output);

        var published = _daemon!.Services.GetRequiredService<PublishedStreams>();
        await published.PutAsync("broken", "{ \"Urll\": 1 }", Cancel);
        Assert.Equal((0, "slalom removed\n"), await RunAsync("remove", "slalom"));
        await UntilAsync("the removed stream is gone", async () => await StreamAsync(client, "slalom") is null);
        Assert.NotNull((await StreamAsync(client, "downhill"))!["status"]);   // the broken one has cost no other
        Assert.Null(await StreamAsync(client, "broken"));

        using var arm = await client.PostAsJsonAsync("/v1/streams/downhill/arm", new { minutes = 5 }, Cancel);
        Assert.Equal(HttpStatusCode.Conflict, arm.StatusCode);
        Assert.Contains("workers share their streams", await arm.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("streams list")]
    [InlineData("run --Assignments:Kind=Kafka")]
    public async Task A_broker_that_is_not_named_is_asked_for(string arguments)
    {
        var (code, _, error) = await Cli.RunAsync(arguments.Split(' '));
        Assert.Equal(ExitCode.Configuration, code);
        Assert.Contains("Events:Kafka:Servers", error);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string[] Settings => [$"--Events:Kafka:Servers={_broker!.Address}", "--Events:Kafka:Replicas=1", "--Assignments:Partitions=2", $"--Assignments:Topic=specs-{_folder.Path.GetHashCode():x}", $"--Assignments:Group=group-{_folder.Path.GetHashCode():x}"];

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await Cli.RunAsync(["streams", .. arguments, .. Settings]);
        Assert.Equal("", error);
        return (code, output);
    }

    private static async Task<JsonNode> ReadyAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/healthz/ready", Cancel);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
    }

    private async Task<HttpClient> StartAsync()
    {
        var settings = Settings.Select(setting => setting[2..].Split('=', 2)).ToDictionary(pair => pair[0], pair => (string?)pair[1]);
        foreach (var (key, value) in new[] { ("Logging:Level", "Error"), ("Delivery:Directory", _folder.Path + "/data"), ("Api:Port", "0"), ("Rtmp:Port", "0"), ("Rtmp:Address", "127.0.0.1"), ("Assignments:Kind", "Kafka"), ("Ingest:AllowPrivateAddresses", "true") })
            settings[key] = value;
        var sources = new SettingsSources { ProgramFolder = _folder.Path, MachineFolder = _folder.Path + "/none", CommandLine = settings };
        _daemon = Daemon.Create(sources.Load(), sources: sources);
        await _daemon.StartAsync(Cancel);
        return new() { BaseAddress = new(_daemon.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
    }

    private static async Task<JsonNode?> StreamAsync(HttpClient client, string id)
    {
        using var answer = await client.GetAsync($"/v1/streams/{id}", Cancel);
        return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel) : null;
    }

    private static Task UntilAsync(string what, Func<Task<bool>> holds) => Until.TrueAsync(what, _patience, holds);
}
