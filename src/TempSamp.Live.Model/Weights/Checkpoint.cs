using System.Text.Json;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>The weights of a model folder, in one file or in shards, under the published names.</summary>
/// <remarks>Names that some frameworks write (<c>model.language_model.*</c>, <c>model.visual.*</c>) are read as <c>model.*</c> and <c>visual.*</c>.</remarks>
public sealed class Checkpoint : IDisposable
{
    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, (SafetensorsFile File, string Stored)> _tensors = [];

    private Checkpoint()
    {
    }

    /// <summary>Opens <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> names.</summary>
    /// <exception cref="ModelException">A file is missing or damaged, or a shard lacks a tensor that the index promises.</exception>
    public static Checkpoint Open(string directory)
    {
        var single = Path.Combine(directory, "model.safetensors");
        var index = Path.Combine(directory, "model.safetensors.index.json");
        var checkpoint = new Checkpoint();
        try
        {
            if (File.Exists(single)) checkpoint.Add(single, wanted: null);
            else if (File.Exists(index))
                foreach (var shard in ReadIndex(index).GroupBy(e => e.File)) checkpoint.Add(Path.Combine(directory, shard.Key), [.. shard.Select(e => e.Name)]);
            else throw new ModelException($"{directory} holds neither model.safetensors nor model.safetensors.index.json. Check the model folder.");
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Names of all tensors, as published.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Shape of a tensor.</summary>
    public long[] Shape(string name) => _tensors[name].File.Entries[_tensors[name].Stored].Shape;

    /// <summary>A tensor on the CPU in its stored type.</summary>
    public Tensor Read(string name) => _tensors[name].File.Read(_tensors[name].Stored);

    private void Add(string path, string[]? wanted)
    {
        var file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (var stored in wanted ?? [.. file.Entries.Keys])
        {
            if (!file.Entries.ContainsKey(stored)) throw new ModelException($"{path} holds no tensor {stored}, which the index promises. Fetch the shard again.");
            if (!_tensors.TryAdd(Published(stored), (file, stored)))
                throw new ModelException($"{path} holds tensor {Published(stored)} a second time. Keep one copy.");
        }
    }

    /// <summary>The published form of a name that a framework may have written in its in-memory form.</summary>
    internal static string Published(string name) =>
        name.StartsWith("model.language_model.", StringComparison.Ordinal) ? "model." + name["model.language_model.".Length..]
        : name.StartsWith("model.visual.", StringComparison.Ordinal) ? name["model.".Length..]
        : name;

    private static List<(string Name, string File)> ReadIndex(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var entries = json.RootElement.GetProperty("weight_map").EnumerateObject().Select(p => (p.Name, File: p.Value.GetString() ?? "")).ToList();
            if (entries.FirstOrDefault(e => e.File.Length == 0 || Path.GetFileName(e.File) != e.File) is { Name: not null } bad)
                throw new ModelException($"{path} places tensor {bad.Name} in '{bad.File}', which is not a file name. Fetch the index again.");
            return entries;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ModelException($"{path} is not a safetensors index ({e.Message}). Fetch it again.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(f => f.Dispose());
}
