using System.Runtime.InteropServices;

namespace TempSamp.Live.Model;

/// <summary>The few functions of the CUDA runtime, and of libtorch's own use of it, that TorchSharp does not bind.</summary>
internal static unsafe class CudaRuntime
{
    private static readonly Lazy<IntPtr> Torch = new(() => Library("libtorch_cuda.so"));
    private static readonly Lazy<IntPtr> Core = new(() => Library("libc10_cuda.so"));

    /// <summary>Bytes that are free on the current device.</summary>
    public static long FreeBytes()
    {
        nuint free, total;
        var fault = ((delegate* unmanaged<nuint*, nuint*, int>)NativeLibrary.GetExport(Core.Value, "cudaMemGetInfo"))(&free, &total);
        return fault == 0 ? (long)free : throw new ModelException($"The GPU does not tell its free memory: CUDA error {fault}. Check the driver with nvidia-smi.");
    }

    /// <summary>A function of libtorch_cuda by its C++ name; null where this libtorch has none of that name.</summary>
    public static void* OfTorch(string name) => NativeLibrary.TryGetExport(Torch.Value, name, out var address) ? (void*)address : null;

    /// <summary>A function of libc10_cuda by its C++ name; null where this libtorch has none of that name.</summary>
    public static void* OfCore(string name) => NativeLibrary.TryGetExport(Core.Value, name, out var address) ? (void*)address : null;

    private static IntPtr Library(string name) => NativeLibrary.Load(Path.Combine(TorchRuntime.LoadedFrom!, name));
}
