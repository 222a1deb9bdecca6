using System.IO.MemoryMappedFiles;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>A safetensors file, memory-mapped: opening reads the header only, each tensor is copied once when it is asked for.</summary>
public sealed class SafetensorsFile : IDisposable
{
    // Tensor memory is reached through spans of at most 2 GB.
    private const int Chunk = 1 << 28;

    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, TensorEntry> _entries;

    private SafetensorsFile(string path)
    {
        Path = path;
        _entries = SafetensorsHeader.Read(path);
        _map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="ModelException">It is missing, truncated or damaged.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path)) throw new ModelException($"{path} does not exist. Check the model folder.");
        TorchRuntime.Ensure();
        return new(path);
    }

    /// <summary>The file's name.</summary>
    public string Path { get; }

    /// <summary>What it holds, by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Entries => _entries;

    /// <summary>A tensor on the CPU in its stored type.</summary>
    /// <exception cref="ModelException">The file holds no such tensor.</exception>
    public Tensor Read(string name)
    {
        if (!_entries.TryGetValue(name, out var entry)) throw new ModelException($"{Path} holds no tensor {name}.");
        var result = empty(entry.Shape, entry.Type);
        if (entry.Length > 0) Copy(entry, result);
        return result;
    }

    private void Copy(TensorEntry entry, Tensor target)
    {
        using var flat = target.view(-1);
        var elements = flat.shape[0];
        for (long done = 0; done < elements; done += Chunk)
        {
            using var part = flat.narrow(0, done, Math.Min(Chunk, elements - done));
            var bytes = part.bytes;
            _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(entry.Offset + done * entry.Type.ElementSize()), bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
    }
}
