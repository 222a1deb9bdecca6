using System.Diagnostics;
using System.Text.Json;

namespace TempSamp.Live.Media.Tests;

/// <summary>The ffmpeg and ffprobe programs: judges that share no code with the bindings. Tests skip where they are not installed.</summary>
internal static class MediaTool
{
    public static void SkipWhenAbsent() =>
        Assert.SkipUnless(CCompiler.Exists("ffmpeg") && CCompiler.Exists("ffprobe"), "ffmpeg is not installed (bash deploy/install-native.sh)");

    /// <summary>Everything ffprobe says of a file's container and streams.</summary>
    public static JsonElement Probe(string path) =>
        JsonSerializer.Deserialize<JsonElement>(Run("ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", path));

    /// <summary>One field of each packet or frame, such as <c>packet=pts</c>.</summary>
    public static string[] List(string path, string entries, string stream) =>
        System.Text.Encoding.UTF8.GetString(Run("ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", entries, "-of", "csv=p=0", path))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Decodes a file to RGB24 frames, one after the other.</summary>
    public static byte[] DecodeRgb(string path) =>
        Run("ffmpeg", "-v", "error", "-xerror", "-i", path, "-map", "v:0", "-fps_mode", "passthrough", "-sws_flags", "accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24", "-f", "rawvideo", "-");

    /// <summary>MD5 of each decoded frame in the order they are shown.</summary>
    public static string[] FrameHashes(string path) =>
        [.. System.Text.Encoding.UTF8.GetString(Run("ffmpeg", "-v", "error", "-xerror", "-i", path, "-map", "v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Select(line => line.Split(',')[^1].Trim())];

    /// <summary>Decodes a file's sound to interleaved 16-bit samples.</summary>
    public static short[] DecodeSound(string path)
    {
        var bytes = Run("ffmpeg", "-v", "error", "-xerror", "-i", path, "-map", "a:0", "-f", "s16le", "-");
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(bytes).ToArray();
    }

    public static byte[] Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        var text = errors.GetAwaiter().GetResult();
        Assert.True(process.ExitCode == 0 && text.Length == 0, $"{program} {string.Join(' ', arguments)}: {text}");
        return output.ToArray();
    }
}
