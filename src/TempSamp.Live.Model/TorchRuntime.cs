using System.Reflection;
using System.Runtime.InteropServices;

namespace TempSamp.Live.Model;

/// <summary>Loads libtorch before TorchSharp looks for it, so that no bin folder carries 480 MB of libraries.</summary>
/// <remarks>
/// Places in order: the given folder (setting <c>Torch:LibraryPath</c>; a PyTorch installation's <c>torch/lib</c> will do), the program's
/// own folder (a published program), and the NuGet package that the build saw.
/// </remarks>
public static class TorchRuntime
{
    private static readonly string[] Required = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private static readonly string[] Cuda = ["libc10_cuda.so", "libtorch_cuda.so"];
    private static readonly Lock Gate = new();
    private static string? _loadedFrom;

    /// <summary>Folder that libtorch came from; null before <see cref="Ensure"/>.</summary>
    public static string? LoadedFrom => _loadedFrom;

    /// <summary>Loads libtorch once; later calls return at once. Must come before the first touch of <c>torch</c>.</summary>
    /// <param name="libraryPath">Folder that holds libtorch_cpu.so; null or empty to search.</param>
    /// <exception cref="ModelException">libtorch or its C++ runtime is missing or too old.</exception>
    public static void Ensure(string? libraryPath = null)
    {
        lock (Gate)
        {
            if (_loadedFrom is not null) return;
            var folder = Find(libraryPath);
            NativeSettings.SleepInsteadOfSpinning();
            foreach (var name in Required) Load(Path.Combine(folder, name));
            foreach (var name in Cuda.Select(n => Path.Combine(folder, n)).Where(File.Exists)) Load(name);
            var binding = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
            if (File.Exists(binding)) Load(binding);
            NativeSettings.KeepFreedMemory();
            _loadedFrom = folder;
        }
    }

    /// <summary>The folder that would be loaded from.</summary>
    /// <exception cref="ModelException">libtorch is in none of the places.</exception>
    internal static string Find(string? libraryPath)
    {
        if (!string.IsNullOrEmpty(libraryPath))
            return HasTorch(libraryPath) ? libraryPath
                : throw new ModelException($"Torch:LibraryPath '{libraryPath}' holds no {Required[1]}. Name the folder of a libtorch 2.10 or 2.11 (such as PyTorch's torch/lib), or leave the setting empty.");

        string?[] places =
        [
            AppContext.BaseDirectory,
            Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"),
            typeof(TorchRuntime).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "LibTorchDir")?.Value,
        ];
        return places.FirstOrDefault(HasTorch)
            ?? throw new ModelException($"libtorch is not installed: no {Required[1]} in {string.Join(", ", places.Where(p => p is not null))}. Run `dotnet restore`, or set Torch:LibraryPath to a libtorch folder.");
    }

    private static bool HasTorch(string? folder) => folder is not null && File.Exists(Path.Combine(folder, Required[1]));

    internal static void Load(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e) when (e.Message.Contains("GLIBC", StringComparison.Ordinal))
        {
            throw new ModelException($"{path} needs a newer C++ runtime than this system has. Run `bash deploy/install-native.sh`.", e);
        }
        catch (DllNotFoundException e)
        {
            throw new ModelException($"{path} cannot be loaded: {e.Message.Trim()} Check that the folder holds a complete libtorch for linux-x64.", e);
        }
    }
}
