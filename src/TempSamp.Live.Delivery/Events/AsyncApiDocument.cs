using System.Text.Json;
using System.Text.Json.Nodes;
using TempSamp.Live.Contracts;

namespace TempSamp.Live.Delivery;

/// <summary>What is published, as an AsyncAPI 3 document, made from the contracts: the Kafka topics with their messages in binary mode and the schema of each.</summary>
public static class AsyncApiDocument
{
    private const string Header = "CloudEventHeaders";
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Name, string Address, string About, string[] Types)[] _channels =
    [
        ("clips", Topics.Clips, "What becomes of clips.", [EventTypes.ClipDetected, EventTypes.ClipReady, EventTypes.ClipFailed]),
        ("streams", Topics.Streams, "What becomes of streams.", [EventTypes.StreamOnline, EventTypes.StreamOffline]),
    ];

    /// <summary>The document, indented.</summary>
    public static string Json() => Document().ToJsonString(_indented) + "\n";

    private static JsonObject Document() => new()
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = new JsonObject
        {
            ["title"] = "TempSamp.Live",
            ["version"] = "v1",
            ["description"] = "Events are CloudEvents 1.0, keyed by stream, so that each stream's come in order, and at least once: handle those of one source and id once. "
                + "Consumers read committed. Topics can be named otherwise in the settings. The same events come in structured mode in the journal, in webhooks and, one worker's, "
                + "as server-sent events at /v1/events.",
        },
        ["defaultContentType"] = "application/json",
        ["channels"] = Object(_channels.Select(channel => KeyValuePair.Create(channel.Name, Channel(channel.Address, channel.About, channel.Types)))),
        ["operations"] = Object(_channels.Select(channel => KeyValuePair.Create($"publish{Capital(channel.Name)}", Operation(channel.Name, channel.Types)))),
        ["components"] = new JsonObject
        {
            ["messages"] = Object(_channels.SelectMany(channel => channel.Types).Select(type => KeyValuePair.Create(NameOf(type), Message(type)))),
            ["messageTraits"] = new JsonObject { ["CloudEvent"] = Trait() },
            ["schemas"] = Object(_channels.SelectMany(channel => channel.Types).Select(type => KeyValuePair.Create(NameOf(type), (JsonNode?)Schema(type))).Append(new(Header, Headers()))),
        },
    };

    private static JsonNode? Channel(string address, string about, string[] types) => new JsonObject
    {
        ["address"] = address,
        ["description"] = about,
        ["messages"] = Object(types.Select(type => KeyValuePair.Create(NameOf(type), Reference($"#/components/messages/{NameOf(type)}")))),
        ["bindings"] = new JsonObject { ["kafka"] = new JsonObject { ["topic"] = address, ["bindingVersion"] = "0.5.0" } },
    };

    private static JsonNode? Operation(string channel, string[] types) => new JsonObject
    {
        ["action"] = "send",
        ["channel"] = Reference($"#/channels/{channel}"),
        ["messages"] = new JsonArray([.. types.Select(type => Reference($"#/channels/{channel}/messages/{NameOf(type)}"))]),
    };

    private static JsonNode? Message(string type) => new JsonObject
    {
        ["name"] = type,
        ["title"] = NameOf(type),
        ["contentType"] = "application/json",
        ["traits"] = new JsonArray(Reference("#/components/messageTraits/CloudEvent")),
        ["payload"] = Reference($"#/components/schemas/{NameOf(type)}"),
    };

    private static JsonObject Trait() => new()
    {
        ["headers"] = Reference($"#/components/schemas/{Header}"),
        ["bindings"] = new JsonObject
        {
            ["kafka"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "string", ["description"] = "Id of the stream." }, ["bindingVersion"] = "0.5.0" },
        },
    };

    private static JsonObject Headers()
    {
        (string Name, bool IsNeeded, string Form, string About)[] headers =
        [
            ("ce_specversion", true, "", "1.0"),
            ("ce_id", true, "", "The same however often the event is sent."),
            ("ce_source", true, "uri-reference", "The stream, as a path."),
            ("ce_type", true, "", "The message's name."),
            ("ce_time", true, "date-time", "When it happened."),
            ("ce_subject", true, "", "The clip or the session."),
            ("ce_partitionkey", true, "", "The message's key."),
            ("ce_sequence", true, "", "Sorts as text in the order of the source's events."),
            ("ce_traceparent", false, "", "W3C trace context, where it was traced."),
            ("content-type", true, "", "application/json"),
        ];
        return new()
        {
            ["type"] = "object",
            ["properties"] = Object(headers.Select(header => KeyValuePair.Create(header.Name, Text(header.Form, header.About)))),
            ["required"] = new JsonArray([.. headers.Where(header => header.IsNeeded).Select(header => (JsonNode?)header.Name)]),
        };
    }

    private static JsonNode? Text(string form, string about)
    {
        var text = new JsonObject { ["type"] = "string", ["description"] = about };
        if (form.Length > 0) text["format"] = form;
        return text;
    }

    private static JsonObject Schema(string type)
    {
        var schema = EventSchemas.Of(type);
        schema.Remove("$schema");
        Move(schema, $"#/components/schemas/{NameOf(type)}");
        return schema;
    }

    /// <summary>References inside a schema begin at its own root, which is in another place here.</summary>
    private static void Move(JsonNode? node, string root)
    {
        if (node is JsonArray array)
            foreach (var item in array) Move(item, root);
        if (node is not JsonObject schema) return;
        if (schema["$ref"] is JsonValue reference) schema["$ref"] = root + reference.GetValue<string>()[1..];
        foreach (var (_, member) in schema) Move(member, root);
    }

    /// <summary><c>io.tempsamp.highlight.clip.ready.v1</c> is <c>ClipReady</c>.</summary>
    private static string NameOf(string type) => string.Concat(type.Split('.')[^3..^1].Select(Capital));

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private static JsonNode? Reference(string to) => new JsonObject { ["$ref"] = to };

    private static JsonObject Object(IEnumerable<KeyValuePair<string, JsonNode?>> members) => new(members);
}
