using System.Runtime.InteropServices;
using TorchSharp;

namespace TempSamp.Live.Model;

/// <summary>Launches recorded once and replayed as one: libtorch's <c>at::cuda::CUDAGraph</c>, which TorchSharp does not bind, called by its C++ names.</summary>
/// <remarks>
/// What is recorded reads and writes the same memory at every replay, so its inputs are tensors that are filled in place. All recordings of a process share the memory of their
/// intermediates: replay one at a time, and take the outcome away before the next. A fault inside libtorch's recorder is a C++ exception that ends the process, so record only what
/// has just run without recording; <c>Grounding:RecordedPasses</c> turns recording off.
/// </remarks>
internal sealed unsafe class CudaGraph : IDisposable
{
    // Its size is not known from outside; libtorch 2.10's has some 300 bytes.
    private const nuint Size = 8192;
    private const int ThreadLocal = 1;                      // cudaStreamCaptureModeThreadLocal: what other threads do meanwhile is no fault

    private static readonly void* Construct = CudaRuntime.OfTorch("_ZN2at4cuda9CUDAGraphC1Eb");
    private static readonly void* Destruct = CudaRuntime.OfTorch("_ZN2at4cuda9CUDAGraphD1Ev");
    private static readonly void* Begin = CudaRuntime.OfTorch("_ZN2at4cuda9CUDAGraph13capture_beginESt4pairIyyE21cudaStreamCaptureMode");
    private static readonly void* End = CudaRuntime.OfTorch("_ZN2at4cuda9CUDAGraph11capture_endEv");
    private static readonly void* Run = CudaRuntime.OfTorch("_ZN2at4cuda9CUDAGraph6replayEv");
    private static readonly void* PoolOf = CudaRuntime.OfTorch("_ZN2at4cuda9CUDAGraph4poolEv");
    private static readonly void* NewStream = CudaRuntime.OfCore("_ZN3c104cuda17getStreamFromPoolEba");
    private static readonly void* CurrentStream = CudaRuntime.OfCore("_ZN3c104cuda20getCurrentCUDAStreamEa");
    private static readonly void* UseStream = CudaRuntime.OfCore("_ZN3c104cuda20setCurrentCUDAStreamENS0_10CUDAStreamE");
    private static readonly Lock Recorder = new();
    private static Pair _pool;                              // lives as long as one of its recordings
    private static int _recordings;
    private static Pair? _stream;

    private void* _graph;

    private CudaGraph(void* graph) => _graph = graph;

    /// <summary>Whether launches on a device can be recorded: on a GPU, where this libtorch has what is needed.</summary>
    public static bool IsFor(torch.Device device) => device.type == DeviceType.CUDA && IsAvailable;

    private static bool IsAvailable { get; } =
        Construct != null && Destruct != null && Begin != null && End != null && Run != null && PoolOf != null && NewStream != null && CurrentStream != null && UseStream != null;

    /// <summary>Records what <paramref name="work"/> launches; it is run once before, and the recording itself computes nothing.</summary>
    public static CudaGraph Record(Action work)
    {
        lock (Recorder) return RecordAlone(work);
    }

    private static CudaGraph RecordAlone(Action work)
    {
        var before = ((delegate* unmanaged<sbyte, Pair>)CurrentStream)(-1);
        var stream = _stream ??= ((delegate* unmanaged<byte, sbyte, Pair>)NewStream)(0, -1);
        var graph = NativeMemory.AlignedAlloc(Size, 64);
        NativeMemory.Clear(graph, Size);
        torch.cuda.synchronize();
        ((delegate* unmanaged<Pair, void>)UseStream)(stream);
        try
        {
            work();                                          // libraries take their workspace for this stream now, not while recording
            torch.cuda.synchronize();
            ((delegate* unmanaged<void*, byte, void>)Construct)(graph, 0);
            ((delegate* unmanaged<void*, Pair, int, void>)Begin)(graph, _pool, ThreadLocal);
            work();
            ((delegate* unmanaged<void*, void>)End)(graph);
        }
        finally
        {
            ((delegate* unmanaged<Pair, void>)UseStream)(before);
        }
        if (_recordings++ == 0) _pool = ((delegate* unmanaged<void*, Pair>)PoolOf)(graph);
        torch.cuda.synchronize();
        return new(graph);
    }

    /// <summary>Launches all of it.</summary>
    public void Replay() => ((delegate* unmanaged<void*, void>)Run)(_graph);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_graph == null) return;
        lock (Recorder)
        {
            ((delegate* unmanaged<void*, void>)Destruct)(_graph);
            if (--_recordings == 0) _pool = default;
        }
        NativeMemory.AlignedFree(_graph);
        _graph = null;
    }

    // std::pair<unsigned long long, unsigned long long> and c10::cuda::CUDAStream are both passed in two registers.
    private record struct Pair(ulong First, ulong Second);
}
