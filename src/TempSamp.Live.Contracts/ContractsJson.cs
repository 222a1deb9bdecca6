using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TempSamp.Live.Contracts;

/// <summary>The JSON of the events: camel case, absent instead of null, UTC with milliseconds and Z.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(UtcConverter)])]
[JsonSerializable(typeof(ClipDetected))]
[JsonSerializable(typeof(ClipReady))]
[JsonSerializable(typeof(ClipFailed))]
[JsonSerializable(typeof(StreamStatusChanged))]
public sealed partial class ContractsJson : JsonSerializerContext;

/// <summary>Writes instants as RFC 3339 in UTC, such as <c>2026-01-01T12:00:01.040Z</c>.</summary>
internal sealed class UtcConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
