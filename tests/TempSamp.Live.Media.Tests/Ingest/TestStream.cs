using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>Made recordings whose every frame carries its number, and plans to read them with.</summary>
internal static class TestStream
{
    public const int Width = 320, Height = 180, Rate = 30;

    public static readonly IngestOptions Local = new() { AllowPrivateAddresses = true, Realtime = false, OpenTimeout = TimeSpan.FromSeconds(30), ReadTimeout = TimeSpan.FromSeconds(15), SrtReadTimeout = TimeSpan.FromSeconds(15) };

    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> s_made = new();

    /// <summary>Writes a recording; the container goes by the extension. Equal ones are encoded once.</summary>
    public static string Make(string folder, string name, double seconds, int gop = 30, int bFrames = 2, int sampleRate = 48_000, int firstNumber = 0, int width = Width, int height = Height)
    {
        var path = Path.Combine(folder, name);
        var extension = Path.GetExtension(name);
        var options = new VideoFileOptions { Width = width, Height = height, FrameRate = new FrameRate(Rate), Preset = "ultrafast", GopSize = gop, BFrames = bFrames, SampleRate = sampleRate, Channels = 1 };
        var bytes = s_made.GetOrAdd($"{extension} {seconds} {firstNumber} {options}", _ => new(() => Encode(extension, seconds, firstNumber, options)));
        File.WriteAllBytes(path, bytes.Value);
        return path;
    }

    private static byte[] Encode(string extension, double seconds, int firstNumber, VideoFileOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("tempsamp-make-");
        var path = Path.Combine(folder.FullName, "made" + extension);
        using (var writer = VideoFileWriter.Create(path, options))
        {
            for (var i = 0; i < seconds * Rate; i++) writer.WriteFrame(TestPicture.Rgb(options.Width, options.Height, firstNumber + i));
            if (options.SampleRate > 0) writer.WriteSamples(TestPicture.Tone(440, options.SampleRate, 1, seconds));
            writer.Finish();
        }

        var bytes = File.ReadAllBytes(path);
        folder.Delete(recursive: true);
        return bytes;
    }

    public static ClipCutter Cutter(CutOptions? options = null) =>
        new(Options.Create(Local), Options.Create(options ?? new() { Threads = 1, CheckEveryFrame = true }), NullLogger<ClipCutter>.Instance);

    public static StreamPlan Plan(string url) => new(
        "test", url, [new HighlightQuery("any", "anything", 0.5, ClipPolicy.Default)],
        new WindowProfile(Width, Height, TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(4)), new TapeBounds(TimeSpan.FromSeconds(60), 100_000_000));

    public static int NumberOf(SampledFrame frame) => TestPicture.Number(frame.Rgb, frame.Width, frame.Height);
}
