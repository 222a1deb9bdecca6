using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Writes safetensors files that Hugging Face libraries read.</summary>
public static class SafetensorsWriter
{
    private const int Chunk = 1 << 28;

    /// <summary>Writes tensors under their names. The file appears whole or not at all.</summary>
    /// <param name="path">Where; an older file is replaced.</param>
    /// <param name="tensors">On any device; each is copied to the CPU in turn.</param>
    /// <param name="type">Element type to store; each tensor's own when null.</param>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, ScalarType? type = null)
    {
        var ordered = tensors.OrderBy(t => t.Key, StringComparer.Ordinal).ToArray();
        var partial = path + ".partial";
        using (var file = File.Create(partial))
        {
            file.Write(Header(ordered, type));
            foreach (var (_, tensor) in ordered) WriteData(file, tensor, type ?? tensor.dtype);
        }
        File.Move(partial, path, overwrite: true);
    }

    private static byte[] Header(KeyValuePair<string, Tensor>[] tensors, ScalarType? type)
    {
        using var json = new MemoryStream();
        json.Write(new byte[8]);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            writer.WriteString("format", "pt");
            writer.WriteEndObject();
            long offset = 0;
            foreach (var (name, tensor) in tensors)
            {
                var stored = type ?? tensor.dtype;
                var end = offset + tensor.numel() * stored.ElementSize();
                writer.WriteStartObject(name);
                writer.WriteString("dtype", SafetensorsHeader.Name(stored));
                WriteNumbers(writer, "shape", tensor.shape);
                WriteNumbers(writer, "data_offsets", [offset, end]);
                writer.WriteEndObject();
                offset = end;
            }
            writer.WriteEndObject();
        }
        while (json.Length % 8 != 0) json.WriteByte((byte)' ');
        var header = json.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)header.Length - 8);
        return header;
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, long[] values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    private static void WriteData(FileStream file, Tensor tensor, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var flat = tensor.detach().to(type).cpu().contiguous().view(-1);
        for (long done = 0; done < flat.shape[0]; done += Chunk)
            file.Write(flat.narrow(0, done, Math.Min(Chunk, flat.shape[0] - done)).bytes);
    }
}
