using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using TempSamp.Live.Media;

namespace TempSamp.Live.Host;

/// <summary>Checks of what the daemon listens on.</summary>
internal static class NetworkChecks
{
    /// <summary>The RTMP port can be opened. It is needed only by streams that listen.</summary>
    public static Finding RtmpPort(IConfiguration configuration)
    {
        const string name = "rtmp port";
        var options = Settings.Get<RtmpOptions>(configuration);
        if (options.Port == 0) return Finding.Good(name, "any free one is taken");
        if (!IPAddress.TryParse(options.Address, out var address))
            return Finding.Failed(name, $"'{options.Address}' is no IP address", "set Rtmp:Address to one of this machine, or to 0.0.0.0 for all");
        try
        {
            using var listener = new TcpListener(address, options.Port);
            listener.Start();
            return Finding.Good(name, $"{address}:{options.Port} is free");
        }
        catch (SocketException e)
        {
            var isNeeded = StreamCatalog.Resolve(Settings.Get<StreamsOptions>(configuration)).Any(stream => stream.Url.StartsWith("listen:", StringComparison.Ordinal));
            var fix = $"stop what holds it (ss -ltnp 'sport = :{options.Port}' names it; a running tempsamp-live is fine), or set Rtmp:Port";
            return isNeeded
                ? Finding.Failed(name, $"{address}:{options.Port} cannot be opened: {e.Message}", fix)
                : Finding.Note(name, $"{address}:{options.Port} cannot be opened: {e.Message}; no enabled stream needs it", fix);
        }
    }
}
