using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host.Tests;

/// <summary>The daemon without a stream, with its API, and quick to look and to try again.</summary>
internal static class StoreDaemon
{
    /// <summary>Starts it.</summary>
    /// <param name="folder">Where its data lie.</param>
    /// <param name="server">Its S3 server; null for a folder.</param>
    /// <param name="settings">More settings.</param>
    public static async Task<Daemon> StartAsync(TempFolder folder, FakeS3? server, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Logging:Level"] = "None", ["Delivery:Directory"] = folder.Path + "/data", ["Delivery:ProbeEvery"] = "00:00:01", ["Delivery:RetryFirst"] = "00:00:00.200", ["Delivery:RetryMost"] = "00:00:00.500",
            ["Delivery:Retention:FreeBytes"] = "0", ["Api:Port"] = "0", ["Api:RequestsPerSecond"] = "10000", ["Rtmp:Port"] = "0", ["Rtmp:Address"] = "127.0.0.1",
        };
        if (server is not null)
            foreach (var (key, value) in new[] { ("Kind", "S3"), ("Endpoint", server.Endpoint), ("AccessKey", "k"), ("SecretKey", "s"), ("Bucket", "clips"), ("Timeout", "00:01:00") }) all["Store:" + key] = value;
        foreach (var (key, value) in settings) all[key] = value;
        var daemon = Daemon.Create(new ConfigurationBuilder().AddInMemoryCollection(all).Build());
        await daemon.StartAsync(TestContext.Current.CancellationToken);
        return daemon;
    }

    /// <summary>Calls its API.</summary>
    public static HttpClient Client(Daemon daemon) => new() { BaseAddress = new(daemon.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };

    /// <summary>Announces a clip and hands it over, as a session does.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> DeliverAsync(Daemon daemon)
    {
        var (span, sighting) = (TimeRange.FromSeconds(1, 3), TimeRange.FromSeconds(0, 8));
        var id = ClipId.For("match", "match-s1", "goal", span);
        var plan = new ClipPlan(id, "match", "match-s1", DateTimeOffset.UnixEpoch, "arrival", new("goal", "a goal is scored", 0.5, ClipPolicy.Default),
            new("goal", span, 0.9, 0.8, [new("goal", sighting, span, 0.9, 0.8, "")]), span, new("model", ""));
        var delivery = daemon.Services.GetRequiredService<IClipDelivery>();
        await daemon.Services.GetRequiredService<IClipEvents>().PublishAsync(new ClipDetected(plan, TimeSpan.Zero, TimeProvider.System.GetUtcNow()), default);
        var path = delivery.SpoolPath(plan);
        await File.WriteAllTextAsync(path, "moving pictures");
        await delivery.HandOverAsync(plan, new(path, null, span, span, "copy", []), default);
        return id;
    }
}
