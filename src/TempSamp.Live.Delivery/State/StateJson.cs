using System.Text.Json;
using System.Text.Json.Serialization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>The JSON of plans and units inside the state and the spool, and of events that workers hand over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true,
    Converters = [typeof(TimeRangeConverter)])]
[JsonSerializable(typeof(ClipPlan))]
[JsonSerializable(typeof(CutUnit))]
[JsonSerializable(typeof(StoredUnit))]
[JsonSerializable(typeof(SpoolManifest))]
[JsonSerializable(typeof(ShareLetter))]
internal sealed partial class StateJson : JsonSerializerContext;

/// <summary>Writes a range as its two ends in ticks: <c>[1080000,1440000]</c>.</summary>
internal sealed class TimeRangeConverter : JsonConverter<TimeRange>
{
    public override TimeRange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        var start = Ticks(ref reader);
        var end = Ticks(ref reader);
        reader.Read();
        Expect(ref reader, JsonTokenType.EndArray);
        return new(start, end);
    }

    public override void Write(Utf8JsonWriter writer, TimeRange value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(value.Start.Ticks);
        writer.WriteNumberValue(value.End.Ticks);
        writer.WriteEndArray();
    }

    private static MediaTime Ticks(ref Utf8JsonReader reader)
    {
        reader.Read();
        Expect(ref reader, JsonTokenType.Number);
        return new(reader.GetInt64());
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType wanted)
    {
        if (reader.TokenType != wanted) throw new JsonException($"a time range is [start, end] in ticks, not {reader.TokenType}");
    }
}
