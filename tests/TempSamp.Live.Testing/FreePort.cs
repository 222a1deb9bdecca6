using System.Net;
using System.Net.Sockets;

namespace TempSamp.Live.Testing;

/// <summary>Finds ports that nothing listens on.</summary>
public static class FreePort
{
    /// <summary>Below the ports that systems give to outgoing connections, so that none of those takes a port before it is used.</summary>
    private const int First = 20_000, Last = 32_000;

    private const int Attempts = 100;

    /// <summary>A TCP port of this machine that was free a moment ago, and the one behind it too: some servers, such as a Kafka broker, take both.</summary>
    public static int Next()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            if (IsFree(port) && IsFree(port + 1)) return port;
        }
        throw new InvalidOperationException($"no two neighbouring ports are free between {First} and {Last}");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A UDP port of this machine that was free a moment ago.</summary>
    public static int NextUdp()
    {
        using var probe = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.Client.LocalEndPoint!).Port;
    }
}
