using System.Net;
using System.Net.Sockets;

namespace TempSamp.Live.Media;

/// <summary>Address ranges that are not the public Internet (IANA special-purpose registries, RFC 6890).</summary>
internal static class AddressRange
{
    private static readonly (IPNetwork Range, string Name)[] s_special =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "unspecified"), (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("10.0.0.0/8"), "private"), (IPNetwork.Parse("172.16.0.0/12"), "private"), (IPNetwork.Parse("192.168.0.0/16"), "private"),
        (IPNetwork.Parse("100.64.0.0/10"), "private"), (IPNetwork.Parse("169.254.0.0/16"), "link-local or metadata"),
        (IPNetwork.Parse("168.63.129.16/32"), "metadata"), (IPNetwork.Parse("192.0.0.0/24"), "reserved"), (IPNetwork.Parse("192.0.2.0/24"), "reserved"),
        (IPNetwork.Parse("198.18.0.0/15"), "reserved"), (IPNetwork.Parse("198.51.100.0/24"), "reserved"), (IPNetwork.Parse("203.0.113.0/24"), "reserved"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"), (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
        (IPNetwork.Parse("::/128"), "unspecified"), (IPNetwork.Parse("::1/128"), "loopback"), (IPNetwork.Parse("fc00::/7"), "private"),
        (IPNetwork.Parse("fe80::/10"), "link-local"), (IPNetwork.Parse("fec0::/10"), "private"), (IPNetwork.Parse("ff00::/8"), "multicast"),
        (IPNetwork.Parse("2001:db8::/32"), "reserved"), (IPNetwork.Parse("100::/64"), "reserved"),
    ];

    private static readonly (IPNetwork Range, int Offset)[] s_embedding =
    [
        (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2), (IPNetwork.Parse("::/96"), 12),
    ];

    /// <summary>The kind of non-public range <paramref name="address"/> lies in; null for a public address.</summary>
    public static string? NonPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var (range, name) in s_special)
            if (range.Contains(plain)) return name;
        return Embedded(plain) is { } inner ? NonPublic(inner) : null;
    }

    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return null;
        foreach (var (range, offset) in s_embedding)
            if (range.Contains(address)) return new IPAddress(address.GetAddressBytes().AsSpan(offset, 4));
        return null;
    }
}
