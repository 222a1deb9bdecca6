using System.Net;

namespace TempSamp.Live.Media;

/// <summary>An address in the form that libav's own RTMP and SRT take it, with its host replaced by an address that was checked.</summary>
/// <param name="Target">The address; holds no secret but an RTMP stream key.</param>
/// <param name="Options">Options of the protocol, secrets among them.</param>
/// <param name="WaitsForPeer">Whether opening lasts until a peer calls, which may be never.</param>
internal sealed record ProtocolSettings(string Target, IReadOnlyDictionary<string, string> Options, bool WaitsForPeer)
{
    /// <summary>Resolves and checks the host.</summary>
    /// <exception cref="Core.StreamException">It is unknown or forbidden.</exception>
    public static ProtocolSettings For(StreamUrl url, AddressGuard guard, Deadline deadline) =>
        url.Kind == StreamUrlKind.Srt ? Srt(SrtAddress.Parse(url.Target), url, guard, deadline) : Rtmp(url, guard, deadline);

    // libav would resolve the name again when it connects: it gets the address that was checked, and the name for the server to see.
    private static ProtocolSettings Rtmp(StreamUrl url, AddressGuard guard, Deadline deadline)
    {
        var parsed = new Uri(url.Target);
        var address = Resolve(parsed.DnsSafeHost, url, guard, deadline);
        var options = new Dictionary<string, string> { ["protocol_whitelist"] = "rtmp,rtmps,tcp,tls", ["rtmp_live"] = "live" };
        if (parsed.Scheme == "rtmps") (options["tls_verify"], options["verifyhost"]) = ("1", parsed.DnsSafeHost);
        if (IPAddress.TryParse(parsed.DnsSafeHost, out _)) return new(url.Target, options, false);

        var path = parsed.AbsolutePath.TrimStart('/');
        var app = path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : path;
        options["rtmp_tcurl"] = $"{parsed.Scheme}://{parsed.Authority}/{app}";
        return new(new UriBuilder(parsed) { Host = address.ToString() }.Uri.AbsoluteUri, options, false);
    }

    private static ProtocolSettings Srt(SrtAddress srt, StreamUrl url, AddressGuard guard, Deadline deadline)
    {
        if (srt.IsListener) deadline.Set(Timeout.InfiniteTimeSpan);
        var host = srt.IsListener ? srt.Host : Resolve(srt.Host, url, guard, deadline).ToString(); // what we listen on is ours
        return new($"srt://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{srt.Port}", srt.Options, srt.IsListener);
    }

    private static IPAddress Resolve(string host, StreamUrl url, AddressGuard guard, Deadline deadline) =>
        ReadFailure.Try(url, deadline, () => deadline.Wait(cancel => guard.ResolveAsync(host, cancel)))[0];
}
