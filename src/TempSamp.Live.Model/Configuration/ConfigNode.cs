using System.Text.Json;

namespace TempSamp.Live.Model;

/// <summary>
/// An object of a model's JSON configuration. A field is looked up in the first layer and, where that lacks it or holds null, in the next.
/// Every complaint names the file and the field.
/// </summary>
internal sealed class ConfigNode
{
    private readonly string _path;
    private readonly JsonElement[] _layers;

    private ConfigNode(string path, params JsonElement[] layers) => (_path, _layers) = (path, layers);

    /// <summary>Reads a file whose root is an object.</summary>
    public static ConfigNode Read(string path)
    {
        if (!File.Exists(path))
            throw new ModelException($"{path} does not exist: a model folder needs it; point the model setting at a folder that holds a whole checkpoint.");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ModelException($"{path} holds a JSON {document.RootElement.ValueKind}, wanted an object: the file is damaged, copy it again.");
            return new(path, document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new ModelException($"{path} is not JSON ({e.Message}): the file is damaged, copy it again.", e);
        }
    }

    /// <summary>The object named <paramref name="field"/>; an empty one when absent.</summary>
    public ConfigNode Child(string field) =>
        Find(field) is { ValueKind: JsonValueKind.Object } child ? new(_path, child) : new(_path);

    /// <summary>This object with <paramref name="fallback"/> asked for what it lacks.</summary>
    public ConfigNode Over(ConfigNode fallback) => new(_path, [.. _layers, .. fallback._layers]);

    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string field) => Find(field) is not null;

    public string? Text(string field) => Value<string>(field, "text", (JsonElement e, out string? v) => (v = e.ValueKind == JsonValueKind.String ? e.GetString() : null) is not null);

    public bool Flag(string field, bool absent) =>
        Find(field) is null ? absent : Value(field, "true or false", (JsonElement e, out bool v) => (v = e.ValueKind == JsonValueKind.True) || e.ValueKind == JsonValueKind.False);

    public int? Integer(string field) =>
        Find(field) is null ? null : Value(field, "a whole number", (JsonElement e, out int v) => Whole(e, out v));

    public double? Number(string field) =>
        Find(field) is null ? null : Value(field, "a number", (JsonElement e, out double v) => Real(e, out v));

    /// <summary>A list of whole numbers; a single number counts as a list of one.</summary>
    public IReadOnlyList<int>? Integers(string field) =>
        Find(field) is null ? null : Value(field, "a list of whole numbers", (JsonElement e, out int[]? v) => List(e, out v, Whole));

    /// <summary>A list of numbers.</summary>
    public IReadOnlyList<double>? Numbers(string field) =>
        Find(field) is null ? null : Value(field, "a list of numbers", (JsonElement e, out double[]? v) => List(e, out v, Real));

    /// <summary>A list of texts; anything else in it is left out.</summary>
    public IReadOnlyList<string> Texts(string field) =>
        Find(field) is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)]
            : [];

    /// <summary>A whole number that must be there.</summary>
    public int Required(string field) => Integer(field) ?? throw Bad(field, "is missing");

    /// <summary>An error about one field of this file.</summary>
    public ModelException Bad(string field, string reason) => new($"{_path}: {field} {reason}; use the checkpoint's own configuration.");

    private JsonElement? Find(string field)
    {
        foreach (var layer in _layers)
            if (layer.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null)
                return value;
        return null;
    }

    private delegate bool Reader<T>(JsonElement element, out T? value);

    private T? Value<T>(string field, string wanted, Reader<T> read)
    {
        if (Find(field) is not { } element) return default;
        return read(element, out var value) ? value : throw Bad(field, $"is {element.GetRawText()}, wanted {wanted}");
    }

    private static bool Whole(JsonElement e, out int v)
    {
        v = 0;
        return e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out v);
    }

    private static bool Real(JsonElement e, out double v)
    {
        v = 0;
        return e.ValueKind == JsonValueKind.Number && e.TryGetDouble(out v) && double.IsFinite(v);
    }

    private static bool List<T>(JsonElement e, out T[]? values, Reader<T> read)
    {
        var elements = e.ValueKind == JsonValueKind.Array ? e.EnumerateArray().ToArray() : [e];
        values = new T[elements.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (!read(elements[i], out var value)) return false;
            values[i] = value!;
        }
        return true;
    }
}
