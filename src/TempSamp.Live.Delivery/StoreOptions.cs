using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>What keeps clips.</summary>
public enum StoreKind
{
    /// <summary>A folder below <see cref="DeliveryOptions.Directory"/>.</summary>
    Folder,

    /// <summary>A bucket of any S3 server: MinIO, Ceph, AWS, ...</summary>
    S3,
}

/// <summary>Where clips are kept. Section <c>Store</c>. All but <see cref="Kind"/> is for S3.</summary>
public sealed record StoreOptions
{
    /// <summary>What keeps clips. Default a folder.</summary>
    public StoreKind Kind { get; init; }

    /// <summary>Where the server listens for this program, such as <c>https://minio.internal:9000</c>.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Where the server is for those who get a link; links are signed for it. Default <see cref="Endpoint"/>.</summary>
    public string PublicEndpoint { get; init; } = "";

    /// <summary>Region of the bucket. Default <c>us-east-1</c>, which servers without regions take.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Bucket. Default <c>highlights</c>.</summary>
    public string Bucket { get; init; } = "highlights";

    /// <summary>
    /// Key of a clip's files without extension. Takes <c>{tenant} {stream} {session} {query} {clip} {date} {year} {month} {day} {hour}</c>, of which <c>{clip}</c> must be there;
    /// times are the clip's start in UTC. Default <c>{tenant}/{stream}/{date}/{query}/{clip}</c>.
    /// </summary>
    public string KeyTemplate { get; init; } = "{tenant}/{stream}/{date}/{query}/{clip}";

    /// <summary>Name of the key pair. Best given as a variable or a secret file.</summary>
    public string AccessKey { get; init; } = "";

    /// <summary>Secret of the key pair. Best given as a variable or a secret file.</summary>
    public string SecretKey { get; init; } = "";

    /// <summary>Whether a missing bucket is made. Default true.</summary>
    public bool CreateBucket { get; init; } = true;

    /// <summary>After so many days the server may remove clips of a bucket made here, as a rule of the bucket. Default 0: never.</summary>
    public int ExpireDays { get; init; }

    /// <summary>Longest wait for an answer; uploads get the time of their bytes on top. Default 30 s, from 1 s to 10 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How far this machine's clock may be from the server's. Default 5 min, from 1 s to 15 min, from where on servers refuse signatures.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>File of certificates, in PEM, that a server's certificate may come from besides the system's. Default none.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>Without the key pair.</summary>
    public override string ToString() => Kind == StoreKind.S3 ? $"bucket {Bucket} at {Endpoint}" : "folder";
}

/// <summary>Checks <see cref="StoreOptions"/>.</summary>
public sealed class StoreOptionsValidator : IValidateOptions<StoreOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, StoreOptions options)
    {
        var faults = new Faults("Store");
        faults.Bound(options.Timeout >= TimeSpan.FromSeconds(1) && options.Timeout <= TimeSpan.FromMinutes(10), nameof(options.Timeout), options.Timeout, "00:00:01 to 00:10:00");
        faults.Bound(options.ClockSkew >= TimeSpan.FromSeconds(1) && options.ClockSkew <= TimeSpan.FromMinutes(15), nameof(options.ClockSkew), options.ClockSkew, "00:00:01 to 00:15:00");
        faults.Bound(options.ExpireDays >= 0, nameof(options.ExpireDays), options.ExpireDays, "0 or more");
        faults.Certificates(nameof(options.CertificateFile), options.CertificateFile);
        if (KeyTemplate.FaultOf(options.KeyTemplate) is { } wrong) faults.Add(nameof(options.KeyTemplate), options.KeyTemplate, wrong, "use names such as {stream}/{date}/{clip}");
        if (options.Kind == StoreKind.S3) CheckServer(options, faults);
        return faults.Result;
    }

    private static void CheckServer(StoreOptions options, Faults faults)
    {
        if (!IsServer(options.Endpoint)) faults.Add(nameof(options.Endpoint), Shown(options.Endpoint), "not the address of a server", "use http://HOST:PORT or https://HOST:PORT without a path");
        if (options.PublicEndpoint.Length > 0 && !IsServer(options.PublicEndpoint))
            faults.Add(nameof(options.PublicEndpoint), options.PublicEndpoint, "not the address of a server", "use http://HOST:PORT or https://HOST:PORT without a path");
        if (!IsBucket(options.Bucket)) faults.Add(nameof(options.Bucket), Shown(options.Bucket), "not a bucket's name", "use 3 to 63 small letters, digits, dots and dashes");
        if (options.AccessKey.Length == 0) faults.Add(nameof(options.AccessKey), "(empty)", "the store needs a key pair", "set TEMPSAMP_Store__AccessKey, or TEMPSAMP_Store__AccessKey_FILE to a file that holds it");
        if (options.SecretKey.Length == 0) faults.Add(nameof(options.SecretKey), "(empty)", "the store needs a key pair", "set TEMPSAMP_Store__SecretKey, or TEMPSAMP_Store__SecretKey_FILE to a file that holds it");
    }

    private static string Shown(string value) => value.Length == 0 ? "(empty)" : value;

    private static bool IsServer(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.AbsolutePath == "/" && url.Query.Length == 0 && url.UserInfo.Length == 0;

    private static bool IsBucket(string name) =>
        name.Length is >= 3 and <= 63 && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '-') && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);
}
