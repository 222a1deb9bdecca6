using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Host;

/// <summary>What a caller may do; each role may do all that the ones before it may.</summary>
internal enum ApiRole
{
    /// <summary>See streams, queries, clips and events.</summary>
    Viewer,

    /// <summary>Write queries.</summary>
    Producer,

    /// <summary>Add, change, arm and remove streams.</summary>
    Operator,

    /// <summary>Everything.</summary>
    Admin,
}

/// <summary>Someone who may call the API with a key.</summary>
internal sealed record ApiKeyOptions
{
    /// <summary>SHA-256 of the key as <c>sha256:HEX</c>; <c>tempsamp-live key</c> makes a key and prints it. Empty: nobody holds it. Default empty.</summary>
    public string Hash { get; init; } = "";

    /// <summary>What the holder may do. Default <c>Viewer</c>.</summary>
    public ApiRole Role { get; init; } = ApiRole.Viewer;

    /// <summary>Ids of the streams that the holder may see and change; a name may end in *. Empty: all. Default empty.</summary>
    public IReadOnlyList<string> Streams { get; init; } = [];
}

/// <summary>Bearer tokens of an OpenID Connect provider.</summary>
internal sealed record OidcOptions
{
    /// <summary>Address of the provider, such as <c>https://login.example.com/realms/live</c>; its keys are read from there. Empty: no tokens. Default empty.</summary>
    public string Authority { get; init; } = "";

    /// <summary>Audience that a token must be for. Default <c>tempsamp-live</c>.</summary>
    public string Audience { get; init; } = "tempsamp-live";

    /// <summary>Claim that holds the role: viewer, producer, operator or admin. Default <c>role</c>.</summary>
    public string RoleClaim { get; init; } = "role";

    /// <summary>Claim that holds the streams that the holder may see and change; absent: all. Default <c>streams</c>.</summary>
    public string StreamsClaim { get; init; } = "streams";
}

/// <summary>Section <c>Api</c>: health, metrics and the REST API.</summary>
internal sealed record ApiOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Api";

    /// <summary>Whether it listens at all. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Address to listen on. Anything but loopback needs keys or a provider of tokens. Default 127.0.0.1.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>TCP port; 0 picks a free one and logs it. Default 8080.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 8080;

    /// <summary>PEM file of a certificate with its chain; empty: plain HTTP. Default empty.</summary>
    public string CertificatePath { get; init; } = "";

    /// <summary>PEM file of the certificate's private key. Default empty.</summary>
    public string CertificateKeyPath { get; init; } = "";

    /// <summary>Callers by name.</summary>
    public Dictionary<string, ApiKeyOptions> Keys { get; init; } = [];

    /// <summary>Bearer tokens.</summary>
    public OidcOptions Oidc { get; init; } = new();

    /// <summary>Requests that one caller may make a second, on the long run; 1 to 10,000. Default 20.</summary>
    [Range(1, 10_000)]
    public int RequestsPerSecond { get; init; } = 20;

    /// <summary>Requests of so many seconds may come at once; 1 to 600. Default 10.</summary>
    [Range(1, 600)]
    public int BurstSeconds { get; init; } = 10;

    /// <summary>Largest body of a request in bytes, 1 KiB to 16 MiB. Default 1 MiB.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>Callers that may read events at once, 1 to 10,000. Default 64.</summary>
    [Range(1, 10_000)]
    public int EventReaders { get; init; } = 64;

    /// <summary>How often readers of events hear something when nothing happens, 1 s to 1 min. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan EventHeartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether callers are known: by key or by token.</summary>
    public bool KnowsCallers => Keys.Values.Any(key => key.Hash.Length > 0) || Oidc.Authority.Length > 0;
}

/// <summary>Rules of <see cref="ApiOptions"/> beyond single values.</summary>
internal sealed class ApiOptionsValidator : IValidateOptions<ApiOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        var faults = new List<SettingError>();
        if (!IPAddress.TryParse(options.Address, out var address))
            faults.Add(new("Api:Address", options.Address, "not an IP address", "use 127.0.0.1, 0.0.0.0 for every interface, or one of this machine's"));
        else if (options.Enabled && !IPAddress.IsLoopback(address) && !options.KnowsCallers)
            faults.Add(new("Api:Address", options.Address, "anyone on the network could change streams", "add a key to Api:Keys (tempsamp-live key), set Api:Oidc:Authority, or use 127.0.0.1"));
        foreach (var (caller, key) in options.Keys.Where(key => key.Value.Hash.Length > 0 && !ApiKey.IsHash(key.Value.Hash)))
            faults.Add(new($"Api:Keys:{caller}:Hash", "***", "not the hash of a key", "use sha256:HEX as tempsamp-live key prints it"));
        if (options.Oidc.Authority.Length > 0 && !options.Oidc.Authority.StartsWith("https://", StringComparison.Ordinal))
            faults.Add(new("Api:Oidc:Authority", options.Oidc.Authority, "its keys would come over an open line", "use its https:// address"));
        if (options.CertificatePath.Length > 0 != options.CertificateKeyPath.Length > 0)
            faults.Add(new("Api:CertificateKeyPath", options.CertificateKeyPath, "a certificate and its key belong together", "set Api:CertificatePath and Api:CertificateKeyPath, or neither"));
        foreach (var path in new[] { options.CertificatePath, options.CertificateKeyPath }.Where(path => path.Length > 0 && !File.Exists(path)))
            faults.Add(new("Api:CertificatePath", path, "no such file", "check the path"));
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults.Select(f => f.ToString())) : ValidateOptionsResult.Success;
    }
}
