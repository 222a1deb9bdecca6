using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FFmpeg.AutoGen;

namespace TempSamp.Live.Media;

/// <summary>Routes libav's log lines, which come from its own threads, and collects what it complains about while a thread reads and decodes.</summary>
public static unsafe class FFmpegLog
{
    private const int LineBytes = 1024;

    private static volatile Action<int, string>? _sink = (_, line) => Console.Error.WriteLine(line); // as libav does by itself
    private static readonly Lazy<bool> s_isInstalled = new(Install);

    [ThreadStatic]
    private static int _printPrefix;

    [ThreadStatic]
    private static bool _isListening;

    [ThreadStatic]
    private static string? _complaint;

    /// <summary>Sends lines to a sink; null silences libav. The sink is called from any thread and must not throw.</summary>
    /// <param name="sink">Takes libav's level (8 fatal, 16 error, 24 warning, 32 info) and the line without its line break.</param>
    /// <param name="level">The highest level to send.</param>
    public static void RouteTo(Action<int, string>? sink, int level = ffmpeg.AV_LOG_WARNING)
    {
        FFmpegLibraries.Ensure();
        _sink = sink;
        ffmpeg.av_log_set_level(sink is null ? ffmpeg.AV_LOG_QUIET : level);
        _ = s_isInstalled.Value;
    }

    /// <summary>From here on errors that libav reports on this thread are kept for <see cref="TakeComplaint"/>: many kinds of damage are told nowhere else.</summary>
    internal static void Listen()
    {
        FFmpegLibraries.Ensure();
        _ = s_isInstalled.Value;
        (_isListening, _complaint) = (true, null);
    }

    /// <summary>The first error that libav reported on this thread since the last call; null mostly. Made of the stream's own content: show it as untrusted text.</summary>
    internal static string? TakeComplaint()
    {
        var complaint = _complaint;
        _complaint = null;
        return complaint;
    }

    private static bool Install()
    {
        ffmpeg.av_log_set_callback(new av_log_set_callback_callback_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, int, byte*, byte*, void>)&OnLine });
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLine(void* context, int level, byte* format, byte* arguments)
    {
        var isComplaint = _isListening && _complaint is null && level <= ffmpeg.AV_LOG_ERROR;
        var sink = level <= ffmpeg.av_log_get_level() ? _sink : null;
        if (sink is null && !isComplaint)
        {
            return;
        }
        var bytes = stackalloc byte[LineBytes];
        var prefix = _printPrefix;
        _ = ffmpeg.av_log_format_line2(context, level, Marshal.PtrToStringUTF8((nint)format), arguments, bytes, LineBytes, &prefix);
        _printPrefix = prefix;
        var line = (Marshal.PtrToStringUTF8((nint)bytes) ?? "").TrimEnd();
        if (isComplaint) _complaint = WithoutAddress(line);
        sink?.Invoke(level, line);
    }

    // "[h264 @ 0x55d0c0ffee00] error" becomes "h264: error".
    private static string WithoutAddress(string line) =>
        line.StartsWith('[') && line.IndexOf(" @ ", StringComparison.Ordinal) is > 0 and var at && line.IndexOf("] ", StringComparison.Ordinal) is var end && end > at
            ? $"{line[1..at]}: {line[(end + 2)..]}"
            : line;
}
