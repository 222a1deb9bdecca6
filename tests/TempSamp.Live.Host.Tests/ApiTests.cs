using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Host.Tests;

/// <summary>The whole daemon with its API on a free port, no stream, and four callers.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _keys = [];
    private Daemon? _daemon;

    internal string Folder => _folder.Path;

    public Uri Address { get; private set; } = null!;

    internal IServiceProvider Services => _daemon!.Services;

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Logging:Level"] = "Error", ["Delivery:Directory"] = _folder.Path + "/data", ["Api:Port"] = "0", ["Rtmp:Port"] = "0", ["Rtmp:Address"] = "127.0.0.1",
            ["Api:RequestsPerSecond"] = "1000", ["Api:MaxBodyBytes"] = "4096",
        };
        foreach (var (name, role, streams) in new[] { ("eve", "Viewer", ""), ("pat", "Producer", ""), ("ops", "Operator", ""), ("guest", "Operator", "guest-*") })
        {
            var key = _keys[name] = ApiKey.Create();
            (settings[$"Api:Keys:{name}:Hash"], settings[$"Api:Keys:{name}:Role"]) = (ApiKey.HashOf(key), role);
            if (streams.Length > 0) settings[$"Api:Keys:{name}:Streams:0"] = streams;
        }
        _folder.Write("streams.json", """{ "Queries": { "filed": { "goal": { "Text": "a goal is scored" } } }, "Streams": { "filed": { "Enabled": false, "Url": "rtmp://example.com/live/secret", "QuerySets": [ "filed" ] } } }""");
        var sources = new SettingsSources { ProgramFolder = _folder.Path, MachineFolder = _folder.Path + "/none", Files = [_folder.Path + "/streams.json"], CommandLine = settings };
        _daemon = Daemon.Create(sources.Load(), sources: sources);
        await _daemon.StartAsync(TestContext.Current.CancellationToken);
        Address = new(_daemon.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public HttpClient As(string? caller)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (caller is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", _keys.GetValueOrDefault(caller, caller));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null) await _daemon.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed partial class ApiTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly string s_stream = """{ "Enabled": false, "Url": "rtmp://example.com/live/secret", "Queries": { "goal": { "Text": "a goal is scored" } } }""";

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("tsl_not-a-key", HttpStatusCode.Unauthorized)]
    [InlineData("eve", HttpStatusCode.Forbidden)]
    [InlineData("pat", HttpStatusCode.Forbidden)]
    [InlineData("ops", HttpStatusCode.Created)]
    public async Task Streams_are_put_from_operator_on(string? caller, HttpStatusCode expected)
    {
        using var client = api.As(caller);

        using var answer = await client.PutAsync($"/v1/streams/by-{caller?.Length ?? 0}", Body(s_stream), Cancel);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("eve", HttpStatusCode.Forbidden)]
    [InlineData("pat", HttpStatusCode.Created)]
    public async Task Query_sets_are_put_from_producer_on(string caller, HttpStatusCode expected)
    {
        using var client = api.As(caller);

        using var answer = await client.PutAsync($"/v1/queries/of-{caller}", Body("""{ "wave": { "Text": "the crowd does the wave" } }"""), Cancel);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_change_on_top_of_a_change_that_was_not_read_is_refused()
    {
        using var client = api.As("ops");
        await client.PutAsync("/v1/streams/etagged", Body(s_stream), Cancel);
        using var read = await client.GetAsync("/v1/streams/etagged", Cancel);
        var tag = read.Headers.ETag!;

        async Task<HttpStatusCode> PutAsync(string text)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/streams/etagged") { Content = Body(s_stream.Replace("a goal is scored", text)) };
            request.Headers.IfMatch.Add(tag);
            using var answer = await client.SendAsync(request, Cancel);
            return answer.StatusCode;
        }
        Assert.Equal(HttpStatusCode.NoContent, await PutAsync("first"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await PutAsync("second"));
    }

    [Fact]
    public async Task Secrets_of_addresses_are_shown_to_operators_only()
    {
        using var viewer = api.As("eve");
        using var operatorClient = api.As("ops");

        Assert.DoesNotContain("secret", await viewer.GetStringAsync("/v1/streams/filed", Cancel));
        Assert.Contains("secret", await operatorClient.GetStringAsync("/v1/streams/filed", Cancel));
    }

    [Fact]
    public async Task A_caller_with_grants_sees_and_changes_the_granted_streams_only()
    {
        using var client = api.As("guest");

        using var own = await client.PutAsync("/v1/streams/guest-1", Body(s_stream), Cancel);
        using var others = await client.PutAsync("/v1/streams/other", Body(s_stream), Cancel);
        var list = await client.GetFromJsonAsync<JsonNode>("/v1/streams/", Cancel);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NotFound), (own.StatusCode, others.StatusCode));
        Assert.All(list!["streams"]!.AsArray(), s => Assert.StartsWith("guest-", s!["id"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("PUT", "/v1/streams/bad", """{ "Url": "" }""", 422, "invalid")]
    [InlineData("PUT", "/v1/streams/bad", "{ nonsense", 400, "unreadable")]
    [InlineData("PUT", "/v1/streams/filed", """{ "Url": "rtmp://a/b/c" }""", 409, "conflict")]
    [InlineData("DELETE", "/v1/streams/nowhere", null, 404, "unknown")]
    [InlineData("POST", "/v1/streams/filed/arm", """{ "minutes": -5 }""", 400, "unreadable")]
    public async Task What_cannot_be_done_is_told_as_a_problem_of_its_kind(string method, string path, string? body, int status, string kind)
    {
        using var client = api.As("ops");
        using var request = new HttpRequestMessage(new(method), path) { Content = body is null ? null : Body(body) };

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("urn:tempsamp:problem:" + kind, (await ProblemAsync(answer))["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        using var client = api.As("ops");

        using var answer = await client.PutAsync("/v1/streams/large", Body(s_stream.Replace("a goal is scored", new string('x', 5000))), Cancel);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Probes_answer_anyone_and_readiness_names_what_is_wrong()
    {
        using var client = api.As(null);

        foreach (var probe in new[] { "live", "startup", "ready" })
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/healthz/{probe}", Cancel)).StatusCode);
        var ready = await client.GetFromJsonAsync<JsonNode>("/healthz/ready", Cancel);
        Assert.Equal("healthy", ready!["checks"]!["model"]!["status"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("ready", 0, 0)]
    [InlineData("nonsense", 0, 1)]
    [InlineData("ready", 1, 1)]
    public async Task The_health_check_of_the_image_tells_well_from_not(string probe, int elsewhere, int expected)
    {
        var port = (elsewhere == 0 ? api.Address.Port : FreePort.Next()).ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var check = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", [Path.Combine(SharedData.Repository!, "deploy", "healthcheck.sh"), probe, port])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var said = await check.StandardOutput.ReadToEndAsync(Cancel);
        await check.WaitForExitAsync(Cancel);

        Assert.True(check.ExitCode == expected, said);
    }

    [Fact]
    public async Task Every_change_stands_in_the_audit_log_with_its_caller()
    {
        using var client = api.As("ops");
        await client.PutAsync("/v1/streams/audited", Body(s_stream), Cancel);

        var line = File.ReadLines(Path.Combine(api.Folder, "data", "audit.jsonl")).Select(l => JsonDocument.Parse(l).RootElement).Single(l => l.GetProperty("target").GetString() == "audited");

        Assert.Equal(("ops", "put-stream"), (line.GetProperty("caller").GetString(), line.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task Metrics_are_a_page_that_names_the_meters()
    {
        using var client = api.As("eve");

        Assert.Contains("highlight_configuration_version", await client.GetStringAsync("/metrics", Cancel));
    }

    [Fact]
    public async Task The_schema_of_settings_accepts_what_the_reference_file_holds()
    {
        using var client = api.As("eve");

        var schema = await client.GetFromJsonAsync<JsonNode>("/config/schema.json", Cancel);

        var sections = schema!["properties"]!.AsObject().Select(p => p.Key).ToArray();
        Assert.Contains("Streams", sections);
        Assert.Equal("array", schema["properties"]!["Streams"]!["additionalProperties"]!["properties"]!["Schedule"]!["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_description_of_the_api_is_the_published_one()
    {
        using var client = api.As(null);
        var described = JsonNode.Parse(await client.GetStringAsync("/v1/openapi.json", Cancel))!.ToJsonString(new() { WriteIndented = true }) + "\n";
        var path = Path.Combine(SharedData.Repository!, "deploy", "openapi.json");

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") await File.WriteAllTextAsync(path, described, Cancel);

        Assert.Equal(await File.ReadAllTextAsync(path, Cancel), described);
    }
}
