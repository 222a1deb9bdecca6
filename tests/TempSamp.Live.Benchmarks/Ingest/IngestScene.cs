using System.Diagnostics;
using System.Globalization;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Benchmarks;

/// <summary>The measured stream: 1080p30 H.264 at 5 Mbit/s with two bidirectional frames in a row, a key frame each 2 s, and AAC; moving, noisy, made by the ffmpeg program.</summary>
/// <param name="Path">The file.</param>
/// <param name="Seconds">Its length.</param>
internal sealed record IngestScene(string Path, int Seconds)
{
    /// <summary>Size of the sampled frames.</summary>
    public const int Width = 448, Height = 252;

    /// <summary>Encodes it, once for all runs on this machine.</summary>
    public static IngestScene Make(int seconds)
    {
        if (FFmpegPublisher.WhyAbsent is { } reason) throw new InvalidOperationException($"The baseline is the ffmpeg program: {reason}");
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"tempsamp-bench-1080p30-{seconds}s.mp4");
        if (File.Exists(path)) return new(path, seconds);
        var length = seconds.ToString(CultureInfo.InvariantCulture);
        var unfinished = path + ".part";
        FFmpegRun.Run([
            "-f", "lavfi", "-i", $"testsrc2=size=1920x1080:rate=30:duration={length},noise=alls=8:allf=t", "-f", "lavfi", "-i", $"sine=frequency=440:sample_rate=48000:duration={length}",
            "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p", "-bf", "2", "-b_strategy", "0", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0",
            "-b:v", "5M", "-maxrate", "5M", "-bufsize", "5M", "-c:a", "aac", "-b:a", "128k", "-f", "mp4", "-y", unfinished]);
        File.Move(unfinished, path);
        return new(path, seconds);
    }

    /// <summary>The scene played several times over, in one file.</summary>
    public IngestScene Repeated(int times)
    {
        var path = System.IO.Path.ChangeExtension(Path, $"x{times.ToString(CultureInfo.InvariantCulture)}.mp4");
        if (!File.Exists(path))
        {
            FFmpegRun.Run(["-stream_loop", (times - 1).ToString(CultureInfo.InvariantCulture), "-i", Path, "-c", "copy", "-f", "mp4", "-y", path + ".part"]);
            File.Move(path + ".part", path);
        }

        return new(path, Seconds * times);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Seconds} s of 1080p30 H.264 High, {8.0 * new FileInfo(Path).Length / Seconds / 1e6:0.0} Mbit/s with AAC, 2 B frames, key frame each 2 s, sampled to {Width}x{Height}");
}

/// <summary>The ffmpeg program.</summary>
internal static class FFmpegRun
{
    /// <summary>CPU seconds for each second of the scene, sampled with <c>-vf fps=2,scale</c>: the program's own measure, which leaves its start out.</summary>
    public static double Cost(IngestScene scene, params string[] decoding) => Measured([
        .. decoding, "-i", scene.Path, "-an", "-vf", $"fps=2,scale={IngestScene.Width}:{IngestScene.Height}:flags=area", "-pix_fmt", "rgb24", "-f", "rawvideo", "-y", "/dev/null"]) / scene.Seconds;

    /// <summary>The same of decoding alone, with the program's own work around it.</summary>
    public static double DecodingCost(IngestScene scene, params string[] decoding) =>
        Measured([.. decoding, "-i", scene.Path, "-an", "-fps_mode", "passthrough", "-f", "null", "-y", "/dev/null"]) / scene.Seconds;

    /// <summary>Runs it to its end.</summary>
    /// <returns>What it said.</returns>
    public static string Run(params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-hide_banner", "-nostdin", "-loglevel", "info", .. arguments]) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"ffmpeg {string.Join(' ', arguments)} failed: {said}");
    }

    // The line reads: bench: utime=3.141s stime=0.059s rtime=1.926s
    private static double Measured(IEnumerable<string> arguments)
    {
        var line = Run(["-benchmark", .. arguments]).Split('\n').Last(l => l.Contains("utime=", StringComparison.Ordinal));
        return line.Split(' ').Where(part => part.StartsWith("utime=", StringComparison.Ordinal) || part.StartsWith("stime=", StringComparison.Ordinal))
            .Sum(part => double.Parse(part[6..].TrimEnd('s', '\r'), CultureInfo.InvariantCulture));
    }
}
