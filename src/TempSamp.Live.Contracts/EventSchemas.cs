using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace TempSamp.Live.Contracts;

/// <summary>JSON Schema (2020-12) of the events' data, made from the records. Further members may come in later versions, so they are allowed.</summary>
public static class EventSchemas
{
    private static readonly JsonSchemaExporterOptions _options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };

    /// <summary>The schema of a type's data.</summary>
    /// <param name="type">One of <see cref="EventTypes.All"/>.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static JsonObject Of(string type)
    {
        var payload = EventTypes.PayloadOf(type) ?? throw new ArgumentException($"'{type}' is no type of event; use one of EventTypes.All", nameof(type));
        var schema = payload.GetJsonSchemaAsNode(_options).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", type);
        return schema;
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.TypeInfo.Type == typeof(DateTimeOffset)) return new JsonObject { ["type"] = "string", ["format"] = "date-time" };   // its converter says nothing of its form
        if (schema is not JsonObject described || !described.ContainsKey("properties")) return schema;
        var needed = context.TypeInfo.Properties.Where(IsNeeded).Select(property => (JsonNode?)property.Name).ToArray();
        if (needed.Length > 0) described["required"] = new JsonArray(needed);
        return described;
    }

    /// <summary>Whether a member is always written: what may be null is left out instead.</summary>
    private static bool IsNeeded(JsonPropertyInfo property) => !property.IsGetNullable && Nullable.GetUnderlyingType(property.PropertyType) is null && (property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false });
}
