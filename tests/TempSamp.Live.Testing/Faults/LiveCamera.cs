using System.Globalization;

namespace TempSamp.Live.Testing;

/// <summary>How a camera is set: what it sends, not where.</summary>
public sealed record CameraSettings
{
    /// <summary>Pixels.</summary>
    public int Width { get; init; } = 320;

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = 180;

    /// <summary>An encoder of the ffmpeg program.</summary>
    public string Encoder { get; init; } = "libx264";

    /// <summary>Frames from one key frame to the next; <see cref="LiveCamera.Rate"/> a second.</summary>
    public int KeyEvery { get; init; } = LiveCamera.Rate;

    /// <summary>Added to all times.</summary>
    public TimeSpan TimesFrom { get; init; }

    /// <summary>Seconds of its times that pass in one second: a clock that is wrong by 500 ppm has 1.0005.</summary>
    public double Pace { get; init; } = 1;

    /// <summary>Part of the video packets in which bytes are changed, from 0 to 1.</summary>
    public double Corrupted { get; init; }
}

/// <summary>A camera with sound that publishes in real time until it is disposed: the ffmpeg program with a test picture and a tone.</summary>
public static class LiveCamera
{
    /// <summary>Frames a second.</summary>
    public const int Rate = 25;

    /// <summary>How far it sends ahead of its times: the program reads that much at once before it keeps its pace.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromSeconds(0.5);

    /// <summary>Starts one.</summary>
    /// <param name="url">RTMP address with the stream key, or any other that ffmpeg writes to.</param>
    /// <param name="settings">What it sends.</param>
    /// <param name="container">The container for the address.</param>
    /// <param name="more">Options of the container.</param>
    public static ChildProcess Start(string url, CameraSettings? settings = null, string container = "flv", params IEnumerable<string> more)
    {
        var camera = settings ?? new();
        List<string> arguments =
        [
            "-hide_banner", "-loglevel", "warning", "-nostdin",
            "-readrate", Text(camera.Pace), "-readrate_initial_burst", Text(Ahead.TotalSeconds), "-f", "lavfi", "-i", $"testsrc2=size={camera.Width}x{camera.Height}:rate={Rate}",
            "-readrate", Text(camera.Pace), "-readrate_initial_burst", Text(Ahead.TotalSeconds), "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000",
            "-c:v", camera.Encoder, "-pix_fmt", "yuv420p", "-g", Text(camera.KeyEvery), "-threads", "1",
            "-c:a", "aac", "-b:a", "64k", "-output_ts_offset", Text(camera.TimesFrom.TotalSeconds),
        ];
        if (camera.Encoder == "libx264") arguments.AddRange(["-preset", "ultrafast", "-tune", "zerolatency", "-x264-params", "scenecut=0"]);
        if (camera.Corrupted > 0) arguments.AddRange(["-bsf:v", $"noise=amount=if(lt(random(0)\\,{Text(camera.Corrupted)})\\,60\\,0)"]);
        return ChildProcess.Start("ffmpeg", [.. arguments, .. more, "-f", container, url]);
    }

    private static string Text(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
