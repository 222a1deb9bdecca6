using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using TempSamp.Live.Media;

namespace TempSamp.Live.Host;

/// <summary>Checks of what the daemon listens on.</summary>
internal static class PortChecks
{
    private static readonly TimeSpan _soon = TimeSpan.FromDays(14);

    /// <summary>The RTMP port can be opened. It is needed only by streams that listen.</summary>
    public static Finding Rtmp(IConfiguration configuration, bool isRunning)
    {
        var options = Settings.Get<RtmpOptions>(configuration);
        if (!IPAddress.TryParse(options.Address, out var address)) return Finding.Of(DoctorFaults.RtmpAddress, $"'{options.Address}' is no IP address");
        var isNeeded = StreamCatalog.Resolve(Settings.Get<StreamsOptions>(configuration)).Any(stream => stream.Url.StartsWith("listen:", StringComparison.Ordinal));
        return WhyClosed(address, options.Port) switch
        {
            null => Finding.Good("rtmp port", options.Port == 0 ? "any free one is taken" : $"{address}:{options.Port} is free"),
            { SocketErrorCode: SocketError.AddressNotAvailable } e => Finding.Of(DoctorFaults.RtmpAddress, $"{address} cannot be listened on: {e.Message}"),
            var e => Finding.Of(DoctorFaults.RtmpPortTaken, $"{address}:{options.Port} cannot be opened: {e.Message}{Whose(isRunning, isNeeded)}", state: isNeeded && !isRunning ? null : FindingState.Note),
        };
    }

    /// <summary>The API's port can be opened.</summary>
    public static Finding Api(IConfiguration configuration, bool isRunning)
    {
        var options = Settings.Get<ApiOptions>(configuration);
        if (!options.Enabled) return Finding.Good("api port", "the API is switched off");
        var address = IPAddress.Parse(options.Address);
        return WhyClosed(address, options.Port) is { } e
            ? Finding.Of(DoctorFaults.ApiPortTaken, $"{address}:{options.Port} cannot be opened: {e.Message}{Whose(isRunning, isNeeded: true)}", state: isRunning ? FindingState.Note : null)
            : Finding.Good("api port", options.Port == 0 ? "any free one is taken" : $"{address}:{options.Port} is free");
    }

    /// <summary>The API's certificate can be served and is valid.</summary>
    public static Finding Certificate(IConfiguration configuration, TimeProvider time)
    {
        var options = Settings.Get<ApiOptions>(configuration);
        if (options.CertificatePath.Length == 0) return Finding.Good("api certificate", "none: plain HTTP");
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(options.CertificatePath, options.CertificateKeyPath);
            var (now, from, to) = (time.GetUtcNow(), new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
            var valid = $"{certificate.Subject}, valid from {from:yyyy-MM-dd} to {to:yyyy-MM-dd}";
            return now < from || now > to ? Finding.Of(DoctorFaults.ApiCertificateExpired, valid)
                : to - now < _soon ? Finding.Of(DoctorFaults.ApiCertificateExpiring, valid)
                : Finding.Good("api certificate", valid);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return Finding.Of(DoctorFaults.ApiCertificateUnusable, $"{options.CertificatePath} and {options.CertificateKeyPath}: {e.Message}");
        }
    }

    private static string Whose(bool isRunning, bool isNeeded) => isRunning ? "; the running daemon may be who holds it" : isNeeded ? "" : "; no enabled stream needs it";

    private static SocketException? WhyClosed(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return null;
        }
        catch (SocketException e)
        {
            return e;
        }
    }
}
