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
            else if (File.Exists(index)) checkpoint.AddShards(directory, index);
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

    /// <summary>Type, shape and place of a tensor.</summary>
    public TensorEntry Entry(string name) => _tensors[name].File.Entries[_tensors[name].Stored];

    /// <summary>The file that holds a tensor, without its folder.</summary>
    public string FileOf(string name) => Path.GetFileName(_tensors[name].File.Path);

    /// <summary>Names in the order of the files and of the places in them, so that a disk is read forwards.</summary>
    public IEnumerable<string> InFileOrder(IEnumerable<string> names) => names.OrderBy(n => _files.IndexOf(_tensors[n].File)).ThenBy(n => Entry(n).Offset);

    /// <summary>Writes a tensor into another of the same shape, of any type and on any device, slice by slice.</summary>
    public void CopyTo(string name, Tensor target) => _tensors[name].File.CopyTo(_tensors[name].Stored, target);

    private void AddShards(string directory, string index)
    {
        var shards = ReadIndex(index).GroupBy(e => e.File).OrderBy(s => s.Key, StringComparer.Ordinal).ToArray();
        string[] missing = [.. shards.Select(s => s.Key).Where(file => !File.Exists(Path.Combine(directory, file)))];
        if (missing.Length > 0) throw new ModelException($"{directory} lacks {missing.Length} of the {shards.Length} files that {Path.GetFileName(index)} names: {string.Join(", ", missing)}. Fetch them.");
        foreach (var shard in shards) Add(Path.Combine(directory, shard.Key), [.. shard.Select(e => e.Name)]);
    }

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
