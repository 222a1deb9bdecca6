using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host;

/// <summary>One version of what is configured: validated as a whole, never changed, replaced by the next.</summary>
/// <param name="Version">Counts up from 1 within a process.</param>
/// <param name="Options">Streams and query sets of files and API together.</param>
/// <param name="Managed">The part that came by the API.</param>
internal sealed record StreamPage(int Version, StreamsOptions Options, ManagedStreams Managed)
{
    /// <summary>How settings look as JSON.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>Digest of all that is configured.</summary>
    public string Digest { get; } = DigestOf(Options);

    /// <summary>Digest of one resource, for its ETag.</summary>
    public static string DigestOf<T>(T resource) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(resource, Json)))[..16];

    /// <summary>The streams to be watched at an instant.</summary>
    public IReadOnlyList<StreamSpec> SpecsAt(DateTimeOffset now) => StreamCatalog.Resolve(Options, (id, stream) => IsOn(id, stream, now));

    /// <summary>Whether a stream is watched at an instant: by its schedule, or because it is armed.</summary>
    public bool IsOn(string id, StreamOptions stream, DateTimeOffset now) =>
        StreamCatalog.ScheduleOf(stream)?.IsOn(now) != false || (Managed.ArmedUntil.TryGetValue(id, out var until) && now < until);

    /// <summary>Whether a stream may be watched later that is not watched now.</summary>
    public bool MayChange(DateTimeOffset now) => Options.Streams.Values.Any(s => s.Enabled && StreamCatalog.ScheduleOf(s)?.NextChange(now) is not null);
}
