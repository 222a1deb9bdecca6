using System.Net;
using System.Net.Sockets;

namespace TempSamp.Live.Testing;

/// <summary>Finds TCP ports that nothing listens on.</summary>
public static class FreePort
{
    /// <summary>A port of this machine that was free a moment ago.</summary>
    public static int Next()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
