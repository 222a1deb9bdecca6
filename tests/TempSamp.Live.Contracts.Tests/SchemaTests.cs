using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace TempSamp.Live.Contracts.Tests;

/// <summary>The published schemas accept what is published, and notice what is not.</summary>
public class SchemaTests
{
    public static TheoryData<string> Types => [.. EventTypes.All];

    private static readonly Dictionary<string, object> _samples = new()
    {
        [EventTypes.ClipDetected] = Samples.Detected, [EventTypes.ClipReady] = Samples.Ready, [EventTypes.ClipFailed] = Samples.Failed,
        [EventTypes.StreamOnline] = Samples.Online, [EventTypes.StreamOffline] = Samples.Offline,
    };

    [Theory, MemberData(nameof(Types))]
    public void The_sample_of_each_type_is_valid(string type) => Assert.True(IsValid(type, Sample(type)));

    [Theory, MemberData(nameof(Types))]
    public void A_member_that_is_needed_and_absent_or_of_another_kind_is_noticed(string type)
    {
        var needed = EventSchemas.Of(type)["required"]!.AsArray().Select(name => (string)name!).ToList();
        Assert.NotEmpty(needed);
        foreach (var name in needed)
        {
            var without = Sample(type);
            without.Remove(name);
            Assert.False(IsValid(type, without), $"{type} without {name}");
            var other = Sample(type);
            other[name] = true;
            Assert.False(IsValid(type, other), $"{type} with another {name}");
        }
    }

    [Theory, MemberData(nameof(Types))]
    public void A_member_of_a_later_version_is_no_fault(string type)
    {
        var later = Sample(type);
        later["later"] = 1;
        Assert.True(IsValid(type, later));
    }

    [Fact]
    public void An_unknown_type_has_no_schema() => Assert.Throws<ArgumentException>(() => EventSchemas.Of("io.tempsamp.highlight.clip.lost.v1"));

    private static JsonObject Sample(string type) => JsonSerializer.SerializeToNode(_samples[type], EventTypes.PayloadOf(type)!)!.AsObject();

    private static bool IsValid(string type, JsonObject data) =>
        JsonSchema.FromText(EventSchemas.Of(type).ToJsonString()).Evaluate(JsonSerializer.SerializeToElement(data), new() { RequireFormatValidation = true }).IsValid;
}
