using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TempSamp.Live.Delivery;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Host.Tests;

/// <summary>A daemon whose S3 server misbehaves: readiness says why, a clip that was accepted meanwhile waits, and all is well again by itself.</summary>
public sealed class BadStoreTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string, string> Faults => new()
    {
        { "credentials", "check Store:AccessKey and Store:SecretKey" },
        { "another-owner", "belongs to another account; set Store:Bucket to another" },
        { "clock", "ahead of the server's; set the clock" },
        { "full", "free some space there or raise the quota" },
        { "broken", "check Store:Endpoint and that the server is up" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_of_the_store_is_told_costs_no_clip_and_mends_itself(string fault, string reason)
    {
        await using var server = await FakeS3.StartAsync();
        server.Before = fault switch
        {
            "credentials" => http => http.Request.Path != "/" && FakeS3.Refuse(http, 403, "AccessDenied"),
            "another-owner" => http => FakeS3.IsOfBucket(http) && (http.Request.Method == "PUT" ? FakeS3.Refuse(http, 409, "BucketAlreadyExists") : FakeS3.Refuse(http, 404, "NoSuchBucket")),
            "clock" => http =>
            {
                http.Response.Headers.Date = TimeProvider.System.GetUtcNow().AddMinutes(-10).ToString("R", CultureInfo.InvariantCulture);
                return false;
            },
            "full" => http => http.Request.Method == "PUT" && !FakeS3.IsOfBucket(http) && FakeS3.Refuse(http, 403, "QuotaExceeded"),
            _ => http =>
            {
                http.Abort();
                return true;
            },
        };
        await JudgeAsync(server, [], reason, mend: () => server.Before = _ => false);
    }

    [Fact]
    public async Task An_expired_certificate_is_told_costs_no_clip_and_is_over_with_the_new_one()
    {
        using var folder = new TempFolder();
        var now = TimeProvider.System.GetUtcNow();
        using var expired = TestCertificates.SelfSigned(now.AddDays(-20), now.AddDays(-10));
        using var renewed = TestCertificates.SelfSigned(now.AddDays(-1), now.AddDays(10));
        var trusted = TestCertificates.Write(expired, folder.Path + "/expired.pem", folder.Path + "/expired.key");
        File.AppendAllText(trusted, renewed.ExportCertificatePem());
        var served = expired;
        await using var server = await FakeS3.StartAsync(() => served);

        await JudgeAsync(server, [("Store:CertificateFile", trusted)], "its certificate is not trusted", mend: () => served = renewed);
    }

    private static async Task JudgeAsync(FakeS3 server, (string Key, string Value)[] settings, string reason, Action mend)
    {
        using var folder = new TempFolder();
        await using var daemon = await StoreDaemon.StartAsync(folder, server, settings);
        using var http = StoreDaemon.Client(daemon);
        var clip = await StoreDaemon.DeliverAsync(daemon);

        var told = "";
        await Until.TrueAsync("readiness to tell of the fault", s_patience, async () =>
        {
            var (status, why) = await ReadyAsync(http);
            told = why ?? "";
            return status == HttpStatusCode.ServiceUnavailable && told.Contains(reason, StringComparison.Ordinal);
        }, () => told);

        mend();
        await Until.TrueAsync("readiness and the clip", s_patience, async () =>
            (await ReadyAsync(http)).Status == HttpStatusCode.OK && daemon.Services.GetRequiredService<IClipLibrary>().Find(clip)!.State is ClipState.Verified or ClipState.Published,
            () => $"{daemon.Services.GetRequiredService<IClipLibrary>().Find(clip)?.State} {daemon.Services.GetRequiredService<IDeliveryHealth>().StoreTrouble}");
    }

    private static async Task<(HttpStatusCode Status, string? Why)> ReadyAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/healthz/ready", TestContext.Current.CancellationToken);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!["checks"]!["store"]!["reason"]?.GetValue<string>());
    }
}
