using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>Made recordings whose every frame carries its number, and plans to read them with.</summary>
internal static class TestStream
{
    public const int Width = 320, Height = 180, Rate = 30;

    public static readonly IngestOptions Local = new() { AllowPrivateAddresses = true, Realtime = false, OpenTimeout = TimeSpan.FromSeconds(10), ReadTimeout = TimeSpan.FromSeconds(5) };

    /// <summary>Writes a recording; the container goes by the extension.</summary>
    public static string Make(string folder, string name, double seconds, int gop = 30, int bFrames = 2, int sampleRate = 48_000, int firstNumber = 0, int width = Width, int height = Height)
    {
        var path = Path.Combine(folder, name);
        var options = new VideoFileOptions { Width = width, Height = height, FrameRate = new FrameRate(Rate), Preset = "ultrafast", GopSize = gop, BFrames = bFrames, SampleRate = sampleRate, Channels = 1 };
        using var writer = VideoFileWriter.Create(path, options);
        for (var i = 0; i < seconds * Rate; i++) writer.WriteFrame(TestPicture.Rgb(width, height, firstNumber + i));
        if (sampleRate > 0) writer.WriteSamples(TestPicture.Tone(440, sampleRate, 1, seconds));
        writer.Finish();
        return path;
    }

    public static StreamPlan Plan(string url) => new(
        "test", url, [new HighlightQuery("any", "anything", 0.5, ClipPolicy.Default)],
        new WindowProfile(Width, Height, TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(4)), new TapeBounds(TimeSpan.FromSeconds(60), 100_000_000));

    public static int NumberOf(SampledFrame frame) => TestPicture.Number(frame.Rgb, frame.Width, frame.Height);
}
