namespace TempSamp.Live.Testing;

/// <summary>The ffmpeg program as an RTMP publisher.</summary>
public static class FFmpegPublisher
{
    /// <summary>Why it cannot run here; null when it can.</summary>
    public static string? WhyAbsent => ChildProcess.Find("ffmpeg") is null ? "ffmpeg is not installed (bash deploy/install-native.sh)" : null;

    /// <summary>Publishes a file's packets unchanged.</summary>
    /// <param name="file">What to publish.</param>
    /// <param name="url">RTMP address with the stream key.</param>
    /// <param name="realtime">At the speed of its times; else as fast as the server takes them.</param>
    public static ChildProcess Start(string file, string url, bool realtime = true) => ChildProcess.Start("ffmpeg",
        [.. (string[])["-hide_banner", "-loglevel", "warning", "-nostdin"], .. (string[])(realtime ? ["-re"] : []), "-i", file, "-c", "copy", "-f", "flv", url]);
}
