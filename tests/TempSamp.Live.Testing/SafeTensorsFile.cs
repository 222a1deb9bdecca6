using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TempSamp.Live.Testing;

/// <summary>A safetensors file of reference values, read into plain arrays: row-major, one array a tensor.</summary>
public sealed class SafeTensorsFile
{
    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly Dictionary<string, JsonElement> _entries;

    private SafeTensorsFile(byte[] bytes)
    {
        _bytes = bytes;
        _start = checked(8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        using var header = JsonDocument.Parse(bytes.AsMemory(8, _start - 8));
        _entries = header.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__").ToDictionary(p => p.Name, p => p.Value.Clone());
    }

    /// <summary>Reads a whole file.</summary>
    public static SafeTensorsFile Read(string path) => new(File.ReadAllBytes(path));

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Whether a tensor is there.</summary>
    public bool Has(string name) => _entries.ContainsKey(name);

    /// <summary>Storage type as the file spells it: F32, F64, I64, I32, U8 or BF16.</summary>
    public string DType(string name) => _entries[name].GetProperty("dtype").GetString()!;

    /// <summary>Shape.</summary>
    public long[] Shape(string name) => [.. _entries[name].GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];

    /// <summary>Raw little-endian values.</summary>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        var offsets = _entries[name].GetProperty("data_offsets");
        return _bytes.AsSpan(_start + offsets[0].GetInt32(), offsets[1].GetInt32() - offsets[0].GetInt32());
    }

    /// <summary>Values as float32, whatever the storage type.</summary>
    public float[] Floats(string name) => DType(name) switch
    {
        "F32" => MemoryMarshal.Cast<byte, float>(Bytes(name)).ToArray(),
        "F64" => Array.ConvertAll(MemoryMarshal.Cast<byte, double>(Bytes(name)).ToArray(), v => (float)v),
        "BF16" => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(Bytes(name)).ToArray(), v => BitConverter.UInt32BitsToSingle((uint)v << 16)),
        _ => Array.ConvertAll(Longs(name), v => (float)v),
    };

    /// <summary>Values of a float64 tensor.</summary>
    public double[] Doubles(string name) => DType(name) == "F64" ? MemoryMarshal.Cast<byte, double>(Bytes(name)).ToArray() : Array.ConvertAll(Floats(name), v => (double)v);

    /// <summary>Values of a whole-number tensor.</summary>
    public long[] Longs(string name) => DType(name) switch
    {
        "I64" => MemoryMarshal.Cast<byte, long>(Bytes(name)).ToArray(),
        "I32" => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(Bytes(name)).ToArray(), v => (long)v),
        "U8" => Array.ConvertAll(Bytes(name).ToArray(), v => (long)v),
        var other => throw new InvalidDataException($"{name} is {other}, not a whole-number tensor."),
    };

    /// <summary>Pixel values of a model case: bytes stand for <c>(u8 - 128) / 64</c>.</summary>
    public float[] Pixels(string name) => Array.ConvertAll(Bytes(name).ToArray(), v => (v - 128) / 64f);
}
