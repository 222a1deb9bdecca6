using System.Globalization;
using System.Text;

namespace TempSamp.Live.Media.Tests;

public sealed class VideoFileWriterTests : IDisposable
{
    private const int Width = 256;
    private const int Height = 144;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tempsamp-encode-");

    private static readonly VideoFileOptions Options = new()
    {
        Width = Width, Height = Height, FrameRate = new(25), Preset = "ultrafast", GopSize = 25, BFrames = 2, SampleRate = 48_000, Channels = 2,
    };

    public VideoFileWriterTests() => MediaTool.SkipWhenAbsent();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("mp4", 0)]
    [InlineData("mp4", 2)]
    [InlineData("flv", 2)]
    [InlineData("ts", 2)]
    public void Every_picture_comes_back_in_order_and_at_its_time(string extension, int bFrames)
    {
        var path = WriteFile($"file.{extension}", Options with { BFrames = bFrames }, frames: 60);

        var decoded = MediaTool.DecodeRgb(path);

        var numbers = Enumerable.Range(0, decoded.Length / (Width * Height * 3)).Select(i => TestPicture.Number(decoded.AsSpan(i * Width * Height * 3), Width, Height));
        Assert.Equal(Enumerable.Range(0, 60), numbers);
        var times = MediaTool.List(path, "frame=pts_time", "v:0").Select(line => double.Parse(line.TrimEnd(','), CultureInfo.InvariantCulture)).ToList();
        Assert.All(times.Select((time, i) => time - times[0] - i / 25.0), error => Assert.InRange(error, -0.0011, 0.0011));
    }

    [Fact]
    public void Key_frames_are_exactly_a_GOP_apart()
    {
        var path = WriteFile("gop.mp4", Options, frames: 60);

        var keys = MediaTool.List(path, "packet=pts_time,flags", "v:0").Where(line => line.Contains('K', StringComparison.Ordinal)).Select(line => line.Split(',')[0]);

        Assert.Equal(["0.000000", "1.000000", "2.000000"], keys);
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes()
    {
        var first = File.ReadAllBytes(WriteFile("first.mp4", Options, frames: 30));
        var second = File.ReadAllBytes(WriteFile("second.mp4", Options, frames: 30));

        Assert.True(first.AsSpan().SequenceEqual(second));
    }

    [Fact]
    public void The_index_of_an_MP4_lies_in_front_of_the_media()
    {
        var bytes = File.ReadAllBytes(WriteFile("fast.mp4", Options, frames: 30));

        Assert.InRange(bytes.AsSpan().IndexOf("moov"u8), 1, bytes.AsSpan().IndexOf("mdat"u8));
    }

    [Theory]
    [InlineData(VideoColours.Bt709, "bt709")]
    [InlineData(VideoColours.Bt601, "smpte170m")]
    public void Colours_are_tagged_and_survive(VideoColours colours, string tag)
    {
        var path = WriteFile("colours.mp4", Options with { Colours = colours, Crf = 4 }, frames: 3);

        var video = MediaTool.Probe(path).GetProperty("streams")[0];
        var decoded = MediaTool.DecodeRgb(path).AsSpan(0, Width * Height * 3);
        var drawn = TestPicture.Rgb(Width, Height, 0);
        var below = (Height * 3 / 4 * Width) * 3;
        var worst = Enumerable.Range(below, Width * 3).Zip(decoded[below..(below + Width * 3)].ToArray(), (i, value) => Math.Abs(drawn[i] - value)).Max();

        Assert.Equal((tag, tag, tag, "tv"), (
            video.GetProperty("color_space").GetString(), video.GetProperty("color_primaries").GetString(),
            video.GetProperty("color_transfer").GetString(), video.GetProperty("color_range").GetString()));
        Assert.InRange(worst, 0, 10);
    }

    [Theory]
    [InlineData(48_000, 2)]
    [InlineData(44_100, 1)]
    public void Sound_comes_back_in_step_with_what_was_written(int sampleRate, int channels)
    {
        var path = WriteFile("sound.mp4", Options with { SampleRate = sampleRate, Channels = channels }, frames: 50);

        var written = TestPicture.Tone(440, sampleRate, channels, 2);
        var read = MediaTool.DecodeSound(path);

        Assert.InRange(read.Length, written.Length, written.Length + 1024 * channels);
        var middle = Enumerable.Range(written.Length / 4, written.Length / 2).ToList();
        var noise = middle.Average(i => Math.Pow(written[i] - read[i], 2));
        var signal = middle.Average(i => Math.Pow(written[i], 2));
        Assert.True(10 * Math.Log10(signal / noise) > 25, $"signal to noise is {10 * Math.Log10(signal / noise):0.0} dB");
    }

    [Fact]
    public void Sound_and_picture_packets_alternate_even_when_written_one_after_the_other()
    {
        var path = WriteFile("interleaved.mp4", Options, frames: 100);

        var positions = MediaTool.List(path, "packet=pos", "v:0").Select(line => long.Parse(line.Trim(','), CultureInfo.InvariantCulture)).ToList();
        var sound = MediaTool.List(path, "packet=pos", "a:0").Select(line => long.Parse(line.Trim(','), CultureInfo.InvariantCulture)).ToList();

        Assert.InRange(sound[sound.Count / 2], positions[40], positions[60]);
    }

    [Fact]
    public void A_file_without_sound_has_one_track()
    {
        var path = WriteFile("silent.mp4", Options with { SampleRate = 0 }, frames: 5);

        Assert.Equal(1, MediaTool.Probe(path).GetProperty("streams").GetArrayLength());
    }

    [Fact]
    public void Wrong_input_is_refused_before_libav_sees_it()
    {
        Assert.Contains("255x144", Assert.Throws<ArgumentException>(() => VideoFileWriter.Create(Name("odd.mp4"), Options with { Width = 255 })).Message);
        using var writer = VideoFileWriter.Create(Name("short.mp4"), Options with { SampleRate = 0 });
        Assert.Contains("110592 bytes, not 3", Assert.Throws<ArgumentException>(() => writer.WriteFrame([1, 2, 3])).Message);
        Assert.Throws<InvalidOperationException>(() => writer.WriteSamples(new short[2]));
    }

    [Fact]
    public void An_unknown_preset_and_an_impossible_folder_are_named()
    {
        Assert.Contains("libx264", Assert.Throws<FFmpegException>(() => VideoFileWriter.Create(Name("preset.mp4"), Options with { Preset = "sometimes" })).Message);
        Assert.Contains("No such file or directory", Assert.Throws<FFmpegException>(() => VideoFileWriter.Create(Name("no/such/folder.mp4"), Options)).Message);
    }

    private string Name(string name) => Path.Combine(_folder.FullName, name);

    private string WriteFile(string name, VideoFileOptions options, int frames)
    {
        using var writer = VideoFileWriter.Create(Name(name), options);
        for (var i = 0; i < frames; i++)
        {
            writer.WriteFrame(TestPicture.Rgb(options.Width, options.Height, i));
        }
        if (options.SampleRate > 0)
        {
            writer.WriteSamples(TestPicture.Tone(440, options.SampleRate, options.Channels, frames / options.FrameRate.Value));
        }
        writer.Finish();
        return Name(name);
    }
}
