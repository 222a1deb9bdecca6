using System.IO.MemoryMappedFiles;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>A safetensors file, memory-mapped slice by slice: opening reads the header only, and no more than a slice of it is ever mapped or copied on the side.</summary>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>Most bytes that are mapped, and held besides the target, at once.</summary>
    public const int SliceBytes = 16 << 20;

    private readonly MemoryMappedFile _map;
    private readonly Dictionary<string, TensorEntry> _entries;

    private SafetensorsFile(string path)
    {
        Path = path;
        _entries = SafetensorsHeader.Read(path);
        _map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
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
        var entry = Entry(name);
        var result = empty(entry.Shape, entry.Type);
        CopyTo(name, result);
        return result;
    }

    /// <summary>Writes a tensor into another of as many elements, of any type and on any device.</summary>
    /// <param name="name">Stored name.</param>
    /// <param name="target">One that is not contiguous takes as much memory again for the moment.</param>
    /// <param name="slice">Bytes that are copied at once.</param>
    /// <exception cref="ModelException">The file holds no such tensor.</exception>
    public void CopyTo(string name, Tensor target, int slice = SliceBytes)
    {
        var entry = Entry(name);
        if (!target.is_contiguous())
        {
            using var whole = empty(target.shape, target.dtype, target.device);
            CopyTo(name, whole, slice);
            target.copy_(whole);
            return;
        }
        using var flat = target.view(-1);
        var size = entry.Type.ElementSize();
        var most = Math.Max(1, slice / size);
        using var staging = target.dtype == entry.Type && target.device_type == DeviceType.CPU ? null : empty(Math.Min(most, flat.shape[0]), entry.Type);
        for (long done = 0; done < flat.shape[0]; done += most)
        {
            using var part = flat.narrow(0, done, Math.Min(most, flat.shape[0] - done));
            using var read = staging?.narrow(0, 0, part.shape[0]) ?? part.alias();
            CopyBytes(entry.Offset + done * size, read.bytes);
            if (staging is not null) part.copy_(read);
        }
    }

    private TensorEntry Entry(string name) => _entries.TryGetValue(name, out var entry) ? entry : throw new ModelException($"{Path} holds no tensor {name}.");

    private void CopyBytes(long offset, Span<byte> target)
    {
        using var view = _map.CreateViewAccessor(offset, target.Length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.ReadSpan((ulong)view.PointerOffset, target);
    }

    /// <inheritdoc/>
    public void Dispose() => _map.Dispose();
}
