using System.Net;
using System.Net.Sockets;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Resolves the host of a network stream and refuses addresses that a stranger's URL must not reach. Connections go to the addresses
/// that were checked, so that a name that answers differently the second time gains nothing.
/// </summary>
/// <param name="options">Whether private addresses are allowed.</param>
/// <param name="resolve">Name resolution; the system's when null.</param>
/// <param name="isTrusted">Hosts that may be anywhere; none when null.</param>
public sealed class AddressGuard(IngestOptions options, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, Func<string, bool>? isTrusted = null)
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>The addresses of <paramref name="host"/> that may be connected to; at least one.</summary>
    /// <exception cref="StreamException"><c>unreachable</c> when the name does not resolve, <c>forbidden</c> when no address is allowed.</exception>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(host);
        IPAddress[] found;
        try
        {
            found = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await _resolve(host, cancel).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new StreamException($"Host '{SecretText.Printable(host)}' cannot be found: {e.Message}. Check the name and the machine's DNS.", "unreachable", e);
        }

        var allowed = options.AllowPrivateAddresses || isTrusted?.Invoke(host) == true ? found : [.. found.Where(a => AddressRange.NonPublic(a) is null)];
        if (allowed.Length > 0) return allowed;
        if (found.Length == 0) throw new StreamException($"Host '{SecretText.Printable(host)}' has no address. Check the name and the machine's DNS.", "unreachable");
        throw UrlPolicy.Forbidden("Host", host, $"it is at {found[0]}, a {AddressRange.NonPublic(found[0])} address",
            $"Name a public host, or set {IngestOptions.Section}:AllowPrivateAddresses to true when streams come from your own network.");
    }
}
