using System.Text.Json.Nodes;
using TempSamp.Live.Contracts;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Delivery.Tests;

/// <summary>The published AsyncAPI document is the one that the code makes, whole, and true. To accept a change: UPDATE_GOLDEN=1.</summary>
public class AsyncApiTests
{
    private static readonly JsonObject _document = JsonNode.Parse(AsyncApiDocument.Json())!.AsObject();

    [Fact]
    public void The_document_is_the_published_one()
    {
        var path = Path.Combine(SharedData.Repository!, "deploy", "asyncapi.json");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(path, AsyncApiDocument.Json());
        Assert.Equal(File.ReadAllText(path), AsyncApiDocument.Json());
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        var references = All(_document).OfType<JsonObject>().Select(node => node["$ref"]).OfType<JsonValue>().Select(reference => reference.GetValue<string>()).ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.NotNull(Find(reference)));
    }

    /// <summary>AsyncAPI 3.0.0: what each kind of object must have and may have.</summary>
    [Fact]
    public void Objects_have_the_members_that_the_specification_names()
    {
        AssertMembers(_document, ["asyncapi", "info"], ["id", "servers", "defaultContentType", "channels", "operations", "components"]);
        Assert.Equal("3.0.0", (string?)_document["asyncapi"]);
        AssertMembers(_document["info"]!, ["title", "version"], ["description", "termsOfService", "contact", "license", "tags", "externalDocs"]);
        foreach (var (_, channel) in _document["channels"]!.AsObject()) AssertMembers(channel!, ["address", "messages"], ["title", "summary", "description", "servers", "parameters", "tags", "externalDocs", "bindings"]);
        foreach (var (_, operation) in _document["operations"]!.AsObject())
        {
            AssertMembers(operation!, ["action", "channel"], ["title", "summary", "description", "security", "tags", "externalDocs", "bindings", "traits", "messages", "reply"]);
            Assert.Contains((string)operation!["action"]!, new[] { "send", "receive" });
            var channel = (string)operation["channel"]!["$ref"]!;
            Assert.All(operation["messages"]!.AsArray(), message => Assert.StartsWith(channel + "/messages/", (string)message!["$ref"]!));   // messages of that channel, not of the components
        }
        string[] ofMessages = ["headers", "correlationId", "contentType", "name", "title", "summary", "description", "tags", "externalDocs", "bindings", "examples"];
        foreach (var (_, message) in _document["components"]!["messages"]!.AsObject()) AssertMembers(message!, ["payload", "name"], [.. ofMessages, "traits"]);
        foreach (var (_, trait) in _document["components"]!["messageTraits"]!.AsObject()) AssertMembers(trait!, [], ofMessages);
    }

    [Fact]
    public void Every_type_of_event_is_a_message_of_one_channel()
    {
        var names = _document["channels"]!.AsObject().SelectMany(channel => channel.Value!["messages"]!.AsObject()).Select(message => (string)Find((string)message.Value!["$ref"]!)!["name"]!);
        Assert.Equal(EventTypes.All.Order(), names.Order());
        Assert.Equal([Topics.Clips, Topics.Streams], _document["channels"]!.AsObject().Select(channel => (string)channel.Value!["address"]!));
    }

    [Fact]
    public void Messages_have_the_headers_that_the_document_says()
    {
        var headers = _document["components"]!["schemas"]!["CloudEventHeaders"]!;
        var writer = new CloudEventWriter(Microsoft.Extensions.Options.Options.Create(new DeliveryOptions()));
        var told = new ToldEvent(1, "c1:1", EventTypes.ClipDetected, "match", "c1", DateTimeOffset.UnixEpoch, 1, null, "{}"u8.ToArray());
        string[] Of(ToldEvent one) => [.. new KafkaMessages(writer, CloudEventMode.Binary).Of(one).Headers.Select(header => header.Key).Order(StringComparer.Ordinal)];
        Assert.Equal(headers["required"]!.AsArray().Select(name => (string)name!).Order(StringComparer.Ordinal), Of(told));
        Assert.Equal(headers["properties"]!.AsObject().Select(header => header.Key).Order(StringComparer.Ordinal), Of(told with { Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }));
    }

    private static void AssertMembers(JsonNode node, string[] needed, string[] allowed)
    {
        var names = node.AsObject().Select(member => member.Key).ToList();
        Assert.Empty(needed.Except(names));
        Assert.Empty(names.Except(needed).Except(allowed));
    }

    private static JsonNode? Find(string reference) => reference.Split('/').Skip(1).Aggregate((JsonNode?)_document, (node, name) => node is JsonArray array ? array[int.Parse(name)] : node?[name]);

    private static IEnumerable<JsonNode> All(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => All(member.Value)).Prepend(node),
        JsonArray items => items.SelectMany(All),
        null => [],
        _ => [node],
    };
}
