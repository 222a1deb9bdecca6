using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

public sealed class CopyCutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-cut-").FullName;
    private readonly ClipCutter _cutter = TestStream.Cutter();

    private string Target => Path.Combine(_folder, "out", "clip.mp4");

    public CopyCutTests() => Directory.CreateDirectory(Path.GetDirectoryName(Target)!);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("source.mp4", 2)]
    [InlineData("source.mp4", 0)]
    [InlineData("source.ts", 2)]
    [InlineData("source.flv", 2)]
    public async Task A_clip_starts_on_the_key_frame_before_and_shows_every_frame_to_its_end(string name, int bFrames)
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(TestStream.Make(_folder, name, seconds: 6, bFrames: bFrames));

        var clip = await CutAsync(read, TimeRange.FromSeconds(2.5, 4.2), MediaTime.FromSeconds(3));

        Assert.Equal(2.0, clip.Actual.Start.Seconds, 0.002);
        Assert.InRange(clip.Actual.End.Seconds, 4.198, 4.2 + 4.0 / TestStream.Rate);
        var numbers = Numbers(MediaTool.DecodeRgb(clip.Path));
        Assert.Equal(Enumerable.Range(60, numbers.Count), numbers);
        Assert.Equal(clip.Actual.Length.Seconds, numbers.Count / (double)TestStream.Rate, 0.02);
        Assert.Equal(["h264", "aac"], clip.Tracks.Select(t => t.Codec));
        Assert.Equal("copy", clip.Mode);
    }

    [Theory]
    [InlineData("source.mp4")]
    [InlineData("source.ts")]
    public async Task A_clips_times_start_at_zero_with_sound_and_picture_together(string name)
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(TestStream.Make(_folder, name, seconds: 6));

        var clip = await CutAsync(read, TimeRange.FromSeconds(2, 5), MediaTime.FromSeconds(3));

        foreach (var stream in MediaTool.Probe(clip.Path).GetProperty("streams").EnumerateArray())
        {
            Assert.Equal(0, Number(stream, "start_time"), 0.03);
            Assert.Equal(clip.Actual.Length.Seconds, Number(stream, "duration"), 0.05);
        }
    }

    [Fact]
    public async Task A_clip_has_its_index_in_front()
    {
        var read = await Recording.OfAsync(TestStream.Make(_folder, "source.mp4", seconds: 3));

        var clip = await CutAsync(read, TimeRange.FromSeconds(1, 2), MediaTime.FromSeconds(1));

        var bytes = await File.ReadAllBytesAsync(clip.Path, TestContext.Current.CancellationToken);
        Assert.True(bytes.AsSpan().IndexOf("moov"u8) < bytes.AsSpan().IndexOf("mdat"u8));
    }

    [Fact]
    public async Task The_poster_is_the_frame_that_was_asked_for_in_the_sources_size()
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(TestStream.Make(_folder, "source.mp4", seconds: 6));

        var clip = await CutAsync(read, TimeRange.FromSeconds(2, 5), MediaTime.FromSeconds(3.5));

        Assert.Equal([105], Numbers(MediaTool.DecodeRgb(clip.PosterPath!)));
    }

    [Fact]
    public async Task Nothing_but_clip_and_poster_is_left_in_the_folder()
    {
        var read = await Recording.OfAsync(TestStream.Make(_folder, "source.mp4", seconds: 3));

        await CutAsync(read, TimeRange.FromSeconds(1, 2), MediaTime.FromSeconds(1));

        Assert.Equal(["clip.jpg", "clip.mp4"], Directory.GetFiles(Path.GetDirectoryName(Target)!).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_full_disk_is_told_as_such_and_leaves_nothing_behind()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full to stand for a full disk");
        var read = await Recording.OfAsync(TestStream.Make(_folder, "source.mp4", seconds: 3));
        File.CreateSymbolicLink(Target + ".part", "/dev/full");

        var failure = await Assert.ThrowsAsync<ClipException>(() => CutAsync(read, TimeRange.FromSeconds(1, 2), MediaTime.FromSeconds(1)));

        Assert.Equal("disk-full", failure.Reason);
        Assert.Contains(Target, failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task A_tape_without_a_key_frame_gives_no_clip()
    {
        var read = await Recording.OfAsync(TestStream.Make(_folder, "source.mp4", seconds: 3));
        var deltas = read.Slice with { Packets = [.. read.Packets.Where(p => !(p.IsKey && p.Track == 0))] };

        var failure = await Assert.ThrowsAsync<ClipException>(() =>
            _cutter.CutAsync(deltas, new(TimeRange.FromSeconds(1, 2), MediaTime.FromSeconds(1), Target, ClipForm.Default with { Mode = CutMode.Copy }), TestContext.Current.CancellationToken));

        Assert.Equal("no-key-frame", failure.Reason);
    }

    [Fact]
    public async Task A_stream_without_sound_gives_a_clip_without_sound()
    {
        var read = await Recording.OfAsync(TestStream.Make(_folder, "source.mp4", seconds: 3, sampleRate: 0));

        var clip = await CutAsync(read, TimeRange.FromSeconds(1, 2), MediaTime.FromSeconds(1));

        Assert.Equal(["h264"], clip.Tracks.Select(t => t.Codec));
    }

    private Task<ClipFile> CutAsync(Recording read, TimeRange range, MediaTime posterAt) =>
        _cutter.CutAsync(read.Slice, new(range, posterAt, Target, ClipForm.Default with { Mode = CutMode.Copy }), TestContext.Current.CancellationToken);

    private static List<int> Numbers(byte[] rgb) =>
        [.. rgb.Chunk(TestStream.Width * TestStream.Height * 3).Select(frame => TestPicture.Number(frame, TestStream.Width, TestStream.Height))];

    private static double Number(System.Text.Json.JsonElement stream, string name) => double.Parse(stream.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
