using System.Globalization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>Smart and exact cuts of made recordings whose every frame carries its number.</summary>
public sealed class FrameCutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-cut-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("source.mp4", 2, 2.5, 4.2)]
    [InlineData("source.mp4", 0, 2.5, 4.2)]
    [InlineData("source.mp4", 3, 2.03, 5.97)]
    [InlineData("source.ts", 2, 2.5, 4.2)]
    [InlineData("source.flv", 2, 1.1, 3.34)]
    public async Task A_smart_cut_shows_exactly_the_asked_frames_and_encodes_less_than_a_gop_at_each_edge(string name, int bFrames, double from, double to)
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(TestStream.Make(_folder, name, seconds: 7, bFrames: bFrames));

        var clip = await CutAsync(read, from, to, CutMode.Smart);

        Assert.Equal("smart", clip.Mode);
        Assert.Null(clip.Fallback);
        Assert.Equal(Wanted(from, to), Numbers(clip.Path));
        Assert.InRange(clip.Reencoded, 1, 30 + 3);
        Assert.True(clip.Reencoded < clip.Frames);
    }

    [Theory]
    [InlineData("source.mp4", 2.5, 4.2)]
    [InlineData("source.ts", 0.5, 0.8)]
    public async Task An_exact_cut_shows_exactly_the_asked_frames(string name, double from, double to)
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(TestStream.Make(_folder, name, seconds: 7));

        var clip = await CutAsync(read, from, to, CutMode.Exact);

        Assert.Equal("exact", clip.Mode);
        Assert.Equal(Wanted(from, to), Numbers(clip.Path));
        Assert.Equal(clip.Frames, clip.Reencoded);
    }

    [Fact]
    public async Task A_range_without_an_idr_picture_is_cut_exactly_and_says_so()
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(TestStream.Make(_folder, "source.mp4", seconds: 7, gop: 300));

        var clip = await CutAsync(read, 2, 4, CutMode.Smart);

        Assert.Equal("exact", clip.Mode);
        Assert.StartsWith("no-idr", clip.Fallback, StringComparison.Ordinal);
        Assert.Equal(Wanted(2, 4), Numbers(clip.Path));
    }

    [Fact]
    public async Task A_clip_across_a_change_of_size_and_sound_is_encoded_in_the_first_ones()
    {
        MediaTool.SkipWhenAbsent();
        var first = await Recording.OfAsync(TestStream.Make(_folder, "first.mp4", seconds: 3));
        var second = await Recording.OfAsync(TestStream.Make(_folder, "second.mp4", seconds: 3, firstNumber: 90, sampleRate: 44_100, width: 160, height: 90));
        var slice = first.Slice with
        {
            Packets = [.. first.Packets, .. second.Packets.Select(p => p with { Epoch = 1, Pts = p.Pts + TimeSpan.FromSeconds(3), Dts = p.Dts + TimeSpan.FromSeconds(3) })],
            Changes = [.. second.Slice.Tracks.Select(format => (1, format))],
        };

        var clip = await TestStream.Cutter().CutAsync(
            slice, new(TimeRange.FromSeconds(1.5, 4.5), MediaTime.FromSeconds(4), Path.Combine(_folder, "clip.mp4"), new(CutMode.Smart)), TestContext.Current.CancellationToken);

        Assert.StartsWith("format-change", clip.Fallback, StringComparison.Ordinal);
        Assert.Equal(Wanted(1.5, 4.5), Numbers(clip.Path));
        Assert.Equal((TestStream.Width, TestStream.Height), (clip.Tracks[0].Width, clip.Tracks[0].Height));
        Assert.Equal(48_000, clip.Tracks[1].SampleRate);
        Assert.Equal(3.0, MediaTool.DecodeSound(clip.Path).Length / 48_000.0, 0.025);
    }

    [Fact]
    public async Task A_copy_across_a_change_of_format_is_refused()
    {
        var first = await Recording.OfAsync(TestStream.Make(_folder, "first.mp4", seconds: 3));
        var slice = first.Slice with
        {
            Packets = [.. first.Packets.Select(p => p with { Epoch = p.Pts < MediaTime.FromSeconds(2) ? 0 : 1 })],
            Changes = [(1, first.Slice.Tracks[0] with { Level = 10 })],
        };

        var failure = await Assert.ThrowsAsync<ClipException>(() => TestStream.Cutter().CutAsync(
            slice, new(TimeRange.FromSeconds(1, 3), MediaTime.FromSeconds(1), Path.Combine(_folder, "clip.mp4"), new(CutMode.Copy)), TestContext.Current.CancellationToken));

        Assert.Equal("format-changed", failure.Reason);
    }

    [Fact]
    public async Task Hidden_pictures_help_to_decode_and_are_not_shown()
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(TestStream.Make(_folder, "source.mp4", seconds: 3));
        var slice = read.Slice with { Packets = [.. read.Packets.Select(p => p with { IsHidden = p.Track == 0 && p.Pts < MediaTime.FromSeconds(0.5) })] };

        foreach (var mode in (CutMode[])[CutMode.Smart, CutMode.Exact])
        {
            var clip = await TestStream.Cutter().CutAsync(
                slice, new(TimeRange.FromSeconds(0, 2), MediaTime.FromSeconds(1), Path.Combine(_folder, "clip.mp4"), new(mode)), TestContext.Current.CancellationToken);
            Assert.Equal(Wanted(0.5, 2), Numbers(clip.Path));
        }
    }

    [Fact]
    public async Task A_clip_that_was_cut_is_cut_whole_without_a_change()
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(TestStream.Make(_folder, "source.mp4", seconds: 7));
        var clip = await CutAsync(read, 1.4, 5.2, CutMode.Smart);
        var first = MediaTool.FrameHashes(clip.Path);
        var again = await Recording.OfAsync(clip.Path);

        var second = await CutAsync(again, 0, 60, CutMode.Smart, "again.mp4");

        Assert.Equal(0, second.Reencoded);
        Assert.Equal(first, MediaTool.FrameHashes(second.Path));
    }

    [Theory]
    [InlineData("source.mp4", CutMode.Smart)]
    [InlineData("source.ts", CutMode.Smart)]
    [InlineData("source.flv", CutMode.Exact)]
    public async Task Sound_starts_and_ends_with_the_picture(string name, CutMode mode)
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(TestStream.Make(_folder, name, seconds: 7));

        var clip = await CutAsync(read, 1.7, 4.3, mode);

        foreach (var stream in MediaTool.Probe(clip.Path).GetProperty("streams").EnumerateArray())
        {
            Assert.Equal(0, Number(stream, "start_time"), 0.001);
            Assert.Equal(clip.Actual.Length.Seconds, Number(stream, "duration"), 0.025);
        }
    }

    [Theory]
    [InlineData("source.mp4", CutMode.Smart)]
    [InlineData("source.ts", CutMode.Copy)]
    [InlineData("source.mp4", CutMode.Exact)]
    public async Task Sound_is_right_from_its_first_sample_on(string name, CutMode mode)
    {
        MediaTool.SkipWhenAbsent();
        var path = TestStream.Make(_folder, name, seconds: 7);
        var read = await Recording.OfAsync(path);

        var clip = await CutAsync(read, 1.7, 4.3, mode);

        var (all, cut) = (MediaTool.DecodeSound(path), MediaTool.DecodeSound(clip.Path));
        var pictureStart = name == "source.ts" ? SoundLead(path) : 0;
        var start = (int)Math.Round((clip.Actual.Start.Seconds + pictureStart) * 48_000);
        foreach (var at in (int[])[0, 50_000])
        {
            var lag = Enumerable.Range(-40, 81).MinBy(shift => Enumerable.Range(at, 1024).Sum(i => Math.Pow(cut[i] - all[start + shift + i], 2)));
            Assert.InRange(lag, -1, 1);
        }
    }

    [Fact]
    public async Task Sound_that_mp4_does_not_take_becomes_aac()
    {
        MediaTool.SkipWhenAbsent();
        var source = Path.Combine(_folder, "source.mkv");
        MediaTool.Run("ffmpeg", "-v", "error", "-i", TestStream.Make(_folder, "made.mp4", seconds: 5), "-c:v", "copy", "-c:a", "flac", source);
        var read = await Recording.OfAsync(source);

        var clip = await CutAsync(read, 1.7, 4.3, CutMode.Smart);

        Assert.Equal(["h264", "aac"], clip.Tracks.Select(t => t.Codec));
        var (all, cut) = (MediaTool.DecodeSound(source), MediaTool.DecodeSound(clip.Path));
        Assert.Equal(clip.Actual.Length.Seconds, cut.Length / 48_000.0, 0.022);
        var start = (int)Math.Round(clip.Actual.Start.Seconds * 48_000);
        var lag = Enumerable.Range(-40, 81).MinBy(shift => Enumerable.Range(50_000, 1024).Sum(i => Math.Pow(cut[i] - all[start + shift + i], 2)));
        Assert.InRange(lag, -2, 2);
    }

    [Fact]
    public async Task Sound_whose_channels_change_without_notice_is_converted_to_the_first_ones()
    {
        MediaTool.SkipWhenAbsent();
        var mono = TestStream.Make(_folder, "mono.ts", seconds: 4);
        var stereo = Path.Combine(_folder, "stereo.ts");
        MediaTool.Run("ffmpeg", "-v", "error", "-i", mono, "-c:v", "copy", "-c:a", "aac", "-ac", "2", stereo);
        var (first, second) = (await Recording.OfAsync(mono), await Recording.OfAsync(stereo));
        // From 2 s on every sound packet is stereo, and one is damaged, so that the sound is encoded again.
        var change = MediaTime.FromSeconds(2);
        var slice = first.Slice with
        {
            Packets = [.. first.Packets.Where(p => p.Track == 0 || p.Pts < change), .. second.Packets.Where(p => p.Track == 1 && p.Pts >= change).Select((p, i) => p with { IsDamaged = i == 3 })],
        };

        var clip = await TestStream.Cutter().CutAsync(
            slice, new(TimeRange.FromSeconds(1, 3), MediaTime.FromSeconds(1), Path.Combine(_folder, "clip.mp4"), new(CutMode.Smart)), TestContext.Current.CancellationToken);

        Assert.Equal(("aac", 1), (clip.Tracks[1].Codec, clip.Tracks[1].Channels));
        Assert.Equal(clip.Actual.Length.Seconds, MediaTool.DecodeSound(clip.Path).Length / 48_000.0, 0.025);
    }

    // How much earlier than the picture the sound of a file begins.
    private static double SoundLead(string path)
    {
        var starts = MediaTool.Probe(path).GetProperty("streams").EnumerateArray().Select(s => Number(s, "start_time")).ToList();
        return starts[0] - starts[1];
    }

    private Task<ClipFile> CutAsync(Recording read, double from, double to, CutMode mode, string name = "clip.mp4") => TestStream.Cutter().CutAsync(
        read.Slice, new(TimeRange.FromSeconds(from, to), MediaTime.FromSeconds(from), Path.Combine(_folder, name), new(mode)), TestContext.Current.CancellationToken);

    private static IEnumerable<int> Wanted(double from, double to) =>
        Enumerable.Range(0, 1000).Where(n => n / (double)TestStream.Rate >= from - 0.0006 && n / (double)TestStream.Rate < to - 0.0006);

    private static List<int> Numbers(string path) =>
        [.. MediaTool.DecodeRgb(path).Chunk(TestStream.Width * TestStream.Height * 3).Select(frame => TestPicture.Number(frame, TestStream.Width, TestStream.Height))];

    private static double Number(System.Text.Json.JsonElement stream, string name) => double.Parse(stream.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
