using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Minio;

namespace TempSamp.Live.Delivery;

/// <summary>Makes clients of an S3 server from the options.</summary>
internal static class S3Connection
{
    private static readonly TimeSpan _connectTime = TimeSpan.FromSeconds(5);

    /// <summary>Connections for all clients of a store. Its limits are those of each call, so it has none of its own.</summary>
    public static HttpClient Http(StoreOptions options)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = _connectTime, PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false, UseProxy = false };
        if (options.CertificateFile.Length > 0) handler.SslOptions.RemoteCertificateValidationCallback = Trust(options.CertificateFile);
        return new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>A client that calls, and signs links for, an address.</summary>
    public static IMinioClient Client(StoreOptions options, string endpoint, HttpClient http)
    {
        var url = new Uri(endpoint);
        return new MinioClient().WithEndpoint(url.Authority).WithSSL(url.Scheme == Uri.UriSchemeHttps).WithRegion(options.Region)
            .WithCredentials(options.AccessKey, options.SecretKey).WithHttpClient(http, disposeHttpClient: false).Build();
    }

    /// <summary>Trusts what the system trusts, and chains that end in one of the file's certificates.</summary>
    private static RemoteCertificateValidationCallback Trust(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return (_, certificate, chain, errors) =>
        {
            if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null || chain is null) return errors == SslPolicyErrors.None;
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            return chain.Build(new X509Certificate2(certificate));
        };
    }
}
