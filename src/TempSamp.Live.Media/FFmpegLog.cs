using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>Routes libav's log lines, which come from its own threads.</summary>
public static unsafe class FFmpegLog
{
    private const int LineBytes = 1024;

    private static volatile Action<int, string>? _sink;

    [ThreadStatic]
    private static int _printPrefix;

    /// <summary>Sends lines to a sink; null silences libav. The sink is called from any thread and must not throw.</summary>
    /// <param name="sink">Takes libav's level (8 fatal, 16 error, 24 warning, 32 info) and the line without its line break.</param>
    /// <param name="level">The highest level to send.</param>
    public static void RouteTo(Action<int, string>? sink, int level = ffmpeg.AV_LOG_WARNING)
    {
        FFmpegLibraries.Ensure();
        _sink = sink;
        ffmpeg.av_log_set_level(sink is null ? ffmpeg.AV_LOG_QUIET : level);
        ffmpeg.av_log_set_callback(new av_log_set_callback_callback_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, int, byte*, byte*, void>)&OnLine });
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLine(void* context, int level, byte* format, byte* arguments)
    {
        if (_sink is not { } sink || level > ffmpeg.av_log_get_level())
        {
            return;
        }
        var line = stackalloc byte[LineBytes];
        var prefix = _printPrefix;
        _ = ffmpeg.av_log_format_line2(context, level, Marshal.PtrToStringUTF8((nint)format), arguments, line, LineBytes, &prefix);
        _printPrefix = prefix;
        sink(level, (Marshal.PtrToStringUTF8((nint)line) ?? "").TrimEnd());
    }
}
