using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using TempSamp.Live.Core;
using TempSamp.Live.Delivery;
using TempSamp.Live.Media;

namespace TempSamp.Live.Host;

/// <summary>Checks of addresses that settings name: may they be reached, and are they there.</summary>
internal static class AddressChecks
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>A webhook's receiver may be reached and takes connections.</summary>
    public static async Task<Finding> WebhookAsync(IConfiguration configuration, string name, CancellationToken cancel)
    {
        var events = Settings.Get<EventsOptions>(configuration);
        var url = new Uri(events.Webhooks[name].Url);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_patience);
        try
        {
            var addresses = await Guard(events.AllowPrivateAddresses).ResolveAsync(url.Host, limit.Token);
            using var client = new TcpClient();
            await client.ConnectAsync([.. addresses], url.Port, limit.Token);
            return Finding.Good("webhooks", $"{name}: {url.Host}:{url.Port} takes connections");
        }
        catch (StreamException e)
        {
            return Finding.Of(DoctorFaults.WebhookRefused, $"{name}: {e.Message}");
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return Finding.Of(DoctorFaults.WebhookUnreachable, $"{name}: {url.Host}:{url.Port} does not answer: {e.Message}");
        }
    }

    /// <summary>The hosts of all enabled streams are known and may be reached. Whether a stream is there now is <c>probe</c>'s question.</summary>
    public static async Task<Finding> StreamsAsync(IConfiguration configuration, CancellationToken cancel)
    {
        var guard = Guard(Settings.Get<IngestOptions>(configuration).AllowPrivateAddresses);
        var hosts = StreamCatalog.Resolve(Settings.Get<StreamsOptions>(configuration)).Select(stream => (stream.Id, Url: Uri.TryCreate(stream.Url, UriKind.Absolute, out var url) ? url : null))
            .Where(stream => stream.Url is { IsFile: false, Host.Length: > 0 }).ToList();
        var refused = new List<string>();
        foreach (var (id, url) in hosts)
        {
            try
            {
                await guard.ResolveAsync(url!.Host, cancel);
            }
            catch (StreamException e)
            {
                refused.Add($"{id}: {e.Message}");
            }
        }
        return refused.Count > 0 ? Finding.Of(DoctorFaults.StreamRefused, string.Join('\n', refused)) : Finding.Good("streams", $"{hosts.Count} hosts are known and may be reached");
    }

    private static AddressGuard Guard(bool allowsPrivate) => new(new IngestOptions { AllowPrivateAddresses = allowsPrivate });
}
