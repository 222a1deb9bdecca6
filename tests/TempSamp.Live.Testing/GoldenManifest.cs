using System.Text.Json;

namespace TempSamp.Live.Testing;

/// <summary>The list of reference cases in <see cref="SharedData.Golden"/>.</summary>
public static class GoldenManifest
{
    private static readonly Lazy<JsonElement?> Root = new(() => SharedData.Golden is { } folder ? Parse(Path.Combine(folder, "manifest.json")) : null);

    /// <summary>Cases of the given kinds in the manifest's order; null where the data is absent.</summary>
    public static IReadOnlyList<GoldenCase>? Cases(params string[] kinds) => Root.Value is { } root
        ? [.. root.GetProperty("cases").EnumerateArray().Where(c => kinds.Contains(c.GetProperty("kind").GetString())).Select(c => new GoldenCase(SharedData.Golden!, c))]
        : null;

    /// <summary>The folder of a reference model.</summary>
    public static string ModelFolder(string name) => Path.Combine(SharedData.Golden!, Root.Value!.Value.GetProperty("models").GetProperty(name).GetProperty("dir").GetString()!);

    /// <summary>Names of the reference models; none where the data is absent.</summary>
    public static IReadOnlyList<string> Models => Root.Value is { } root ? [.. root.GetProperty("models").EnumerateObject().Select(m => m.Name)] : [];

    internal static JsonElement Parse(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }
}

/// <summary>One reference case.</summary>
public sealed class GoldenCase(string folder, JsonElement entry)
{
    private readonly Lazy<SafeTensorsFile> _tensors = new(() => SafeTensorsFile.Read(Path.Combine(folder, entry.GetProperty("file").GetString()!)));

    /// <summary>Name of the case.</summary>
    public string Id => entry.GetProperty("id").GetString()!;

    /// <summary>What it exercises.</summary>
    public string Kind => entry.GetProperty("kind").GetString()!;

    /// <summary>Name of its model; null when it needs none.</summary>
    public string? Model => entry.TryGetProperty("model", out var name) ? name.GetString() : null;

    /// <summary>Folder of its model.</summary>
    public string ModelFolder => GoldenManifest.ModelFolder(Model!);

    /// <summary>Its parameters.</summary>
    public JsonElement Params => entry.GetProperty("params");

    /// <summary>A tolerance, such as <c>abs</c>, <c>rel</c> or <c>mean_abs</c>; <paramref name="absent"/> where the case states none.</summary>
    public double Tolerance(string name, double absent = 0) =>
        entry.TryGetProperty("tol", out var tol) && tol.TryGetProperty(name, out var value) ? value.GetDouble() : absent;

    /// <summary>Its tensors, for a case stored as safetensors.</summary>
    public SafeTensorsFile Tensors => _tensors.Value;

    /// <summary>Its whole content, for a case stored as JSON.</summary>
    public JsonElement Json => GoldenManifest.Parse(Path.Combine(folder, entry.GetProperty("file").GetString()!));

    /// <summary>The rows of a table stored as JSON.</summary>
    public IEnumerable<JsonElement> Rows => Json.GetProperty("cases").EnumerateArray();

    /// <inheritdoc/>
    public override string ToString() => Id;
}
