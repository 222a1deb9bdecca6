using System.Runtime.InteropServices;
using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>A libav call failed. The message names the call, what it worked on, and libav's own reason.</summary>
/// <param name="code">The negative code that the call returned.</param>
/// <param name="call">Name of the native function.</param>
/// <param name="target">What it worked on: a path, an address, a codec.</param>
public sealed class FFmpegException(int code, string call, string target) : Exception($"{call} failed for {target}: {Describe(code)}")
{
    /// <summary>The negative code that the call returned, such as <c>AVERROR_EOF</c>.</summary>
    public int Code { get; } = code;

    /// <summary>Name of the native function.</summary>
    public string Call { get; } = call;

    /// <summary>What it worked on.</summary>
    public string Target { get; } = target;

    /// <summary>libav's words for a code.</summary>
    public static unsafe string Describe(int code)
    {
        var text = stackalloc byte[ffmpeg.AV_ERROR_MAX_STRING_SIZE];
        _ = ffmpeg.av_strerror(code, text, ffmpeg.AV_ERROR_MAX_STRING_SIZE);
        return $"{Marshal.PtrToStringUTF8((nint)text)} ({code})";
    }

    /// <summary>Returns a call's result when it is not negative.</summary>
    /// <exception cref="FFmpegException">The result is an error.</exception>
    internal static int Check(int result, string call, string target) =>
        result >= 0 ? result : throw new FFmpegException(result, call, target);
}
