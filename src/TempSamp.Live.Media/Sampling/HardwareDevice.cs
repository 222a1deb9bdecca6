using System.Runtime.InteropServices;
using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>The GPU that decodes: one CUDA context for the whole process, made when the first stream asks for it and kept to the end.</summary>
/// <remarks>Each process that decodes on a GPU holds a context of some hundred MiB there, which is why it is off unless asked for.</remarks>
internal static unsafe class HardwareDevice
{
    private static readonly Lazy<(nint Device, string? Reason)> s_cuda = new(OpenCuda);

    /// <summary>Why this machine's GPU does not decode; null when it does. The first call opens it.</summary>
    public static string? Refusal => s_cuda.Value.Reason;

    /// <summary>Lets a decoder that is not open yet use the GPU; the processor goes on where the GPU does not know a format.</summary>
    /// <returns>Whether there is one.</returns>
    public static bool Attach(AVCodecContext* decoder)
    {
        if (s_cuda.Value.Device == 0) return false;
        decoder->hw_device_ctx = ffmpeg.av_buffer_ref((AVBufferRef*)s_cuda.Value.Device);
        decoder->extra_hw_frames = 3; // those that the sampler holds: on screen, next, being fetched
        return decoder->hw_device_ctx != null;
    }

    private static (nint Device, string? Reason) OpenCuda()
    {
        if (!NativeLibrary.TryLoad("libcuda.so.1", out _)) return (0, "there is no NVIDIA driver (libcuda.so.1)"); // libav would say so on every line of the log
        AVBufferRef* device;
        var result = ffmpeg.av_hwdevice_ctx_create(&device, AVHWDeviceType.AV_HWDEVICE_TYPE_CUDA, null, null, 0);
        return result >= 0 ? ((nint)device, null) : (0, $"CUDA does not start: {FFmpegException.Describe(result)}");
    }
}
