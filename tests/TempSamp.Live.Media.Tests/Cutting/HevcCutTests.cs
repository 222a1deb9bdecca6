using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>Smart cuts of HEVC: closed and open groups, both ways to write packets, and what they fall back from. Judged by the ffmpeg program.</summary>
public sealed class HevcCutTests : IDisposable
{
    private const string Closed = "open-gop=0:bframes=3", Open = "open-gop=1:bframes=3:b-adapt=0", NoReordering = "open-gop=0:bframes=0";

    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-hevc-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("source.mp4", Closed, 2.5, 4.2)]
    [InlineData("source.ts", Closed, 2.5, 4.2)]
    [InlineData("source.mp4", NoReordering, 2.03, 5.97)]
    [InlineData("source.mp4", Open, 2.5, 4.2)]
    [InlineData("source.ts", Open, 1.37, 5.31)]
    [InlineData("source.mkv", Open, 2.9, 4.1)]   // begins among the pictures that lead a key frame in
    [InlineData("source.mp4", Open, 2, 4)]
    public async Task A_smart_cut_shows_exactly_the_asked_frames_and_copies_the_others_bit_by_bit(string name, string groups, double from, double to)
    {
        MediaTool.SkipWhenAbsent();
        var path = Make(name, groups);
        var read = await Recording.OfAsync(path);

        var clip = await CutAsync(read, from, to);

        Assert.Null(clip.Fallback);
        Assert.Equal(("smart", "hevc"), (clip.Mode, clip.Tracks[0].Codec));
        Assert.Equal(Wanted(from, to), Numbers(clip.Path));
        Assert.InRange(clip.Reencoded, 0, TestStream.Rate + 4);
        var (source, cut) = (MediaTool.FrameHashes(path), MediaTool.FrameHashes(clip.Path));
        Assert.InRange(cut.Count(source.Contains), clip.Frames - clip.Reencoded, clip.Frames);
        MediaTool.Run("ffmpeg", "-v", "error", "-xerror", "-i", clip.Path, "-map", "v:0", "-fps_mode", "passthrough", "-f", "rawvideo", "-y", "/dev/null");
    }

    [Fact]
    public async Task A_smart_cut_that_is_cut_again_keeps_its_pictures()
    {
        MediaTool.SkipWhenAbsent();
        var first = await CutAsync(await Recording.OfAsync(Make("source.mp4", Open)), 1.4, 5.2);
        var hashes = MediaTool.FrameHashes(first.Path);

        var second = await CutAsync(await Recording.OfAsync(first.Path), 0, 60, "again.mp4");

        Assert.Null(second.Fallback);
        Assert.Equal(("smart", 0), (second.Mode, second.Reencoded));
        Assert.Equal(hashes, MediaTool.FrameHashes(second.Path));
    }

    [Fact]
    public async Task What_the_encoder_of_the_seams_cannot_match_is_cut_exactly_and_says_so()
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(Make("source.mp4", Closed, "yuv420p10le"));

        var clip = await CutAsync(read, 2.5, 4.2);

        Assert.Equal(("exact", "h264"), (clip.Mode, clip.Tracks[0].Codec));
        Assert.StartsWith("pixel-format", clip.Fallback, StringComparison.Ordinal);
        Assert.Equal(Wanted(2.5, 4.2), Numbers(clip.Path));
    }

    [Fact]
    public async Task The_other_forms_of_a_clip_show_the_same()
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(Make("source.mp4", Open));

        var clip = await CutAsync(read, 1.7, 5.2, form: new(CutMode.Smart, Hls: true, Sprite: true));

        Assert.Equal("smart", clip.Mode);
        Assert.NotNull(clip.PosterPath);
        Assert.Equal(MediaTool.FrameHashes(clip.Path), MediaTool.FrameHashes(clip.Extras.Single(e => e.EndsWith(".m3u8", StringComparison.Ordinal))));
        Assert.Contains(clip.Extras, e => e.EndsWith(".vtt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clips_that_are_to_play_everywhere_are_encoded_whole()
    {
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(Make("source.mp4", Closed));

        var clip = await CutAsync(read, 2.5, 4.2, options: new() { Threads = 1, SmartHevc = false });

        Assert.Equal(("exact", "h264"), (clip.Mode, clip.Tracks[0].Codec));
        Assert.StartsWith("codec", clip.Fallback, StringComparison.Ordinal);
    }

    // The numbered pictures, a key frame each second.
    private string Make(string name, string groups, string pixels = "yuv420p")
    {
        var path = Path.Combine(_folder, name);
        MediaTool.Run("ffmpeg", "-v", "error", "-i", TestStream.Make(_folder, "made.mp4", seconds: 7), "-map", "0:v", "-c:v", "libx265", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", pixels,
            "-x265-params", $"log-level=none:keyint={TestStream.Rate}:min-keyint={TestStream.Rate}:scenecut=0:pools=1:{groups}", path);
        return path;
    }

    private Task<ClipFile> CutAsync(Recording read, double from, double to, string name = "clip.mp4", ClipForm? form = null, CutOptions? options = null) => TestStream.Cutter(options).CutAsync(
        read.Slice, new(TimeRange.FromSeconds(from, to), MediaTime.FromSeconds(from), Path.Combine(_folder, name), form ?? new(CutMode.Smart)), TestContext.Current.CancellationToken);

    private static IEnumerable<int> Wanted(double from, double to) =>
        Enumerable.Range(0, 1000).Where(n => n / (double)TestStream.Rate >= from - 0.0006 && n / (double)TestStream.Rate < to - 0.0006);

    private static List<int> Numbers(string path) =>
        [.. MediaTool.DecodeRgb(path).Chunk(TestStream.Width * TestStream.Height * 3).Select(frame => TestPicture.Number(frame, TestStream.Width, TestStream.Height))];
}
