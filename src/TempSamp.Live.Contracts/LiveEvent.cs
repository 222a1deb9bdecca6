using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TempSamp.Live.Contracts;

/// <summary>An event as it came: the attributes of the CloudEvent, and its payload as a record.</summary>
/// <param name="Id">The same however often the event comes: <c>clipId:revision</c>, or <c>session:state</c>.</param>
/// <param name="Type">One of <see cref="EventTypes"/>, or of a later version.</param>
/// <param name="Source">The stream, as a path.</param>
/// <param name="Subject">The clip or the session.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Sequence">Sorts as text in the order in which the events of a source happened; empty where it is not given.</param>
/// <param name="Data"><see cref="ClipDetected"/>, <see cref="ClipReady"/>, <see cref="ClipFailed"/> or <see cref="StreamStatusChanged"/>; null for a type that this version does not know.</param>
public sealed record LiveEvent(string Id, string Type, string Source, string Subject, DateTimeOffset Time, string Sequence, object? Data)
{
    private const string HeaderPrefix = "ce_";

    /// <summary>Reads a CloudEvent in structured mode: a line of the journal, the body of a webhook, the data of a server-sent event.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static LiveEvent Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new JsonException("a CloudEvent is a JSON object");
        return Of(
            name => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null,
            payload => root.TryGetProperty("data", out var data) ? data.Deserialize(payload) : throw new JsonException("the event has no data"));
    }

    /// <summary>Reads a message of Kafka in either mode of its CloudEvents binding.</summary>
    /// <param name="value">The message's value.</param>
    /// <param name="headers">Its headers.</param>
    /// <exception cref="JsonException">It is no CloudEvent.</exception>
    public static LiveEvent Parse(ReadOnlyMemory<byte> value, IEnumerable<KeyValuePair<string, byte[]>> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var byName = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, bytes) in headers) byName[name] = Encoding.UTF8.GetString(bytes);
        return byName.GetValueOrDefault("content-type")?.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase) == true
            ? Parse(value)
            : Of(name => byName.GetValueOrDefault(HeaderPrefix + name), payload => JsonSerializer.Deserialize(value.Span, payload));
    }

    private static LiveEvent Of(Func<string, string?> attribute, Func<JsonTypeInfo, object?> data)
    {
        string Needed(string name) => attribute(name) ?? throw new JsonException($"the event has no '{name}'");

        if (Needed("specversion") != "1.0") throw new JsonException($"CloudEvents {attribute("specversion")} is not known here, only 1.0");
        var type = Needed("type");
        if (!DateTimeOffset.TryParse(Needed("time"), CultureInfo.InvariantCulture, out var time)) throw new JsonException($"the event's time is '{attribute("time")}'");
        return new(
            Needed("id"), type, Needed("source"), attribute("subject") ?? "", time, attribute("sequence") ?? "",
            EventTypes.PayloadOf(type) is { } payload ? data(payload) : null);
    }
}
