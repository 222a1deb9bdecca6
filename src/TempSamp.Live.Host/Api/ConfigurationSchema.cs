using System.Text.Json;
using System.Text.Json.Nodes;

namespace TempSamp.Live.Host;

/// <summary>The settings as a JSON Schema, for editors that complete and check settings files.</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>The schema, draft 2020-12.</summary>
    public static string Json()
    {
        var schema = Of(Settings.Schema);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Settings of tempsamp-live");
        return schema.ToJsonString(s_indented);
    }

    private static JsonObject Of(SettingsSchema node)
    {
        if (node.Scalar is { } type) return Scalar(Nullable.GetUnderlyingType(type) ?? type);
        if (node.IsList) return new() { ["type"] = "array", ["items"] = Of(node.Any!) };
        if (node.Any is not null) return new() { ["type"] = "object", ["additionalProperties"] = Of(node.Any) };
        return new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(node.Children.Select(child => KeyValuePair.Create(child.Key, (JsonNode?)Of(child.Value)))),
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject Scalar(Type type) =>
        type.IsEnum ? new() { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => (JsonNode)name)]) }
        : type == typeof(bool) ? new() { ["type"] = "boolean" }
        : type == typeof(TimeSpan) ? new() { ["type"] = "string", ["pattern"] = @"^(\d+\.)?\d{1,2}:\d{2}(:\d{2}(\.\d{1,7})?)?$" }
        : type == typeof(string) ? new() { ["type"] = new JsonArray("string", "null") }
        : type == typeof(double) || type == typeof(float) || type == typeof(decimal) ? new() { ["type"] = "number" }
        : new() { ["type"] = "integer" };
}
