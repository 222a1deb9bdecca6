using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TempSamp.Live.Contracts.Tests;

/// <summary>What consumers depend on must not change unnoticed. To accept a change: UPDATE_GOLDEN=1.</summary>
public class ContractTests
{
    private static readonly string _golden = Path.Combine(Path.GetDirectoryName(SourceFile())!, "golden");

    public static TheoryData<string> Names => [.. Events.Keys];

    private static Dictionary<string, (object Value, JsonTypeInfo Json)> Events => new()
    {
        ["clip-detected"] = (Samples.Detected, ContractsJson.Default.ClipDetected),
        ["clip-ready"] = (Samples.Ready, ContractsJson.Default.ClipReady),
        ["clip-failed"] = (Samples.Failed, ContractsJson.Default.ClipFailed),
        ["stream-online"] = (Samples.Online, ContractsJson.Default.StreamStatusChanged),
        ["stream-offline"] = (Samples.Offline, ContractsJson.Default.StreamStatusChanged),
    };

    [Fact]
    public void The_public_surface_is_as_approved() => Approve("public-surface.txt", string.Join('\n', typeof(EventTypes).Assembly.GetExportedTypes()
        .Where(type => type != typeof(ContractsJson)).OrderBy(type => type.Name, StringComparer.Ordinal).SelectMany(Describe)) + '\n');

    [Theory, MemberData(nameof(Names))]
    public void The_json_of_each_event_is_as_approved(string name) => Approve(name + ".json", Write(Events[name].Value, Events[name].Json) + '\n');

    [Theory, MemberData(nameof(Names))]
    public void Each_event_reads_back_as_it_was_written(string name)
    {
        var (value, json) = Events[name];
        Assert.Equal(Write(value, json), Write(JsonSerializer.Deserialize(Write(value, json), json)!, json));
    }

    [Fact]
    public void Every_golden_file_has_a_test() =>
        Assert.Equal(Events.Keys.Select(name => name + ".json").Append("public-surface.txt").Order(), Directory.GetFiles(_golden).Select(Path.GetFileName).Order());

    [Fact]
    public void Times_are_utc_with_a_z() => Assert.Contains("\"startUtc\": \"2026-01-01T12:12:00.040Z\"", Write(Samples.Ready, ContractsJson.Default.ClipReady));

    private static IEnumerable<string> Describe(Type type)
    {
        yield return type.BaseType == typeof(object) ? type.Name : $"{type.Name} : {type.BaseType!.Name}";
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).OrderBy(field => field.Name, StringComparer.Ordinal))
            yield return $"    const {field.Name} = {field.GetRawConstantValue()}";
        var nullability = new NullabilityInfoContext();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            yield return $"    {NameOf(property.PropertyType)}{(nullability.Create(property).ReadState == NullabilityState.Nullable ? "?" : "")} {property.Name}";
    }

    private static string NameOf(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? inner.Name
        : type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : type.Name;

    private static string Write(object value, JsonTypeInfo json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            JsonSerializer.Serialize(writer, value, json);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Approve(string file, string actual)
    {
        var path = Path.Combine(_golden, file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string SourceFile([CallerFilePath] string path = "") => path;
}
