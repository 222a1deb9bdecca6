using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Reads and checks the head of a safetensors file: 8 bytes of length, JSON, and nothing in it is believed before it is checked.</summary>
internal static class SafetensorsHeader
{
    private const long Longest = 100_000_000;

    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["F64"] = ScalarType.Float64, ["F32"] = ScalarType.Float32, ["F16"] = ScalarType.Float16, ["BF16"] = ScalarType.BFloat16,
        ["I64"] = ScalarType.Int64, ["I32"] = ScalarType.Int32, ["I16"] = ScalarType.Int16, ["I8"] = ScalarType.Int8,
        ["U8"] = ScalarType.Byte, ["BOOL"] = ScalarType.Bool,
    };

    /// <summary>The tensors that a file holds, by name.</summary>
    /// <exception cref="ModelException">The file is truncated or damaged; the message names it, the tensor and the reason.</exception>
    public static Dictionary<string, TensorEntry> Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length < 8) throw Damaged(path, $"it has {file.Length} bytes, too few for a header");
        Span<byte> prefix = stackalloc byte[8];
        file.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > Longest) throw Damaged(path, $"its header claims {length} bytes; it may not be a safetensors file");
        var dataStart = 8 + (long)length;
        if (dataStart > file.Length) throw Damaged(path, $"its header claims {length} bytes but {file.Length - 8} follow; the download is not complete");

        var json = new byte[length];
        file.ReadExactly(json);
        var entries = Parse(path, json, dataStart, file.Length);
        CheckOverlaps(path, entries);
        return entries;
    }

    /// <summary>Whether weights can be stored in a type.</summary>
    public static bool IsFloating(ScalarType type) => type is ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16;

    /// <summary>How a type is spelled in a header.</summary>
    public static string Name(ScalarType type) => Types.First(t => t.Value == type).Key;

    private static Dictionary<string, TensorEntry> Parse(string path, byte[] json, long dataStart, long fileLength)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var entries = new Dictionary<string, TensorEntry>();
            foreach (var property in document.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__"))
                if (!entries.TryAdd(property.Name, Entry(path, property.Name, property.Value, dataStart, fileLength)))
                    throw Damaged(path, $"tensor {property.Name} is listed twice");
            return entries;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Damaged(path, $"its header is not the JSON of a safetensors file ({e.Message})", e);
        }
    }

    private static TensorEntry Entry(string path, string name, JsonElement value, long dataStart, long fileLength)
    {
        var spelled = value.GetProperty("dtype").GetString() ?? "";
        if (!Types.TryGetValue(spelled, out var type)) throw Damaged(path, $"tensor {name} has the unknown type {spelled}");
        long[] shape = [.. value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
        if (shape.Any(d => d < 0)) throw Damaged(path, $"tensor {name} has the shape [{string.Join(", ", shape)}]");
        long[] range = [.. value.GetProperty("data_offsets").EnumerateArray().Select(d => d.GetInt64())];
        if (range.Length != 2 || range[0] < 0 || range[1] < range[0]) throw Damaged(path, $"tensor {name} lies at [{string.Join(", ", range)}]");
        if (range[1] > fileLength - dataStart)
            throw Damaged(path, $"tensor {name} ends at byte {range[1]} of the data but only {fileLength - dataStart} are there; the download is not complete");
        var wanted = shape.Aggregate((Int128)type.ElementSize(), (product, d) => product * d);
        if (wanted != range[1] - range[0])
            throw Damaged(path, $"tensor {name} of {spelled} [{string.Join(", ", shape)}] needs {wanted} bytes but has {range[1] - range[0]}");
        return new(type, shape, dataStart + range[0], range[1] - range[0]);
    }

    private static void CheckOverlaps(string path, Dictionary<string, TensorEntry> entries)
    {
        var ordered = entries.Where(e => e.Value.Length > 0).OrderBy(e => e.Value.Offset).ToArray();
        foreach (var (first, second) in ordered.Zip(ordered.Skip(1)))
            if (second.Value.Offset < first.Value.Offset + first.Value.Length)
                throw Damaged(path, $"tensors {first.Key} and {second.Key} overlap");
    }

    private static ModelException Damaged(string path, string reason, Exception? inner = null) =>
        new($"{path} cannot be read: {reason}. Fetch the file again.", inner);
}
