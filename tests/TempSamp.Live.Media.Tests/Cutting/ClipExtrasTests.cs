using System.Globalization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>What is made beside the MP4.</summary>
public sealed class ClipExtrasTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-extras-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_hls_form_plays_the_same_frames_as_the_mp4()
    {
        MediaTool.SkipWhenAbsent();

        var clip = await CutAsync(new(CutMode.Smart, Hls: true));

        var playlist = Assert.Single(clip.Extras, e => e.EndsWith(".m3u8", StringComparison.Ordinal));
        Assert.Equal(MediaTool.FrameHashes(clip.Path), MediaTool.FrameHashes(playlist));
        var text = await File.ReadAllTextAsync(playlist, TestContext.Current.CancellationToken);
        Assert.Contains("#EXT-X-PLAYLIST-TYPE:VOD", text, StringComparison.Ordinal);
        Assert.Contains("#EXT-X-ENDLIST", text, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder, text, StringComparison.Ordinal);
        Assert.All(clip.Extras, extra => Assert.True(File.Exists(extra)));
    }

    [Fact]
    public async Task Hls_starts_sound_and_picture_together()
    {
        MediaTool.SkipWhenAbsent();

        var clip = await CutAsync(new(CutMode.Copy, Hls: true));

        var starts = MediaTool.Probe(clip.Extras[0]).GetProperty("streams").EnumerateArray()
            .Select(s => double.Parse(s.GetProperty("start_time").GetString()!, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(2, starts.Count);
        Assert.Equal(starts[0], starts[1], 0.02);
    }

    [Fact]
    public async Task The_sprite_shows_the_frame_that_its_cue_says()
    {
        MediaTool.SkipWhenAbsent();

        var clip = await CutAsync(new(CutMode.Exact, Sprite: true));

        var sheet = MediaTool.DecodeRgb(clip.Extras.Single(e => e.EndsWith(".jpg", StringComparison.Ordinal)));
        Assert.Equal(4 * 160 * 90 * 3, sheet.Length);
        for (var n = 0; n < 4; n++) Assert.Equal(45 + (n * TestStream.Rate), TestPicture.Number(Tile(sheet, n, 4), 160, 90));
        var cues = await File.ReadAllTextAsync(clip.Extras.Single(e => e.EndsWith(".vtt", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.StartsWith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nclip.sprite.jpg#xywh=0,0,160,90\n", cues, StringComparison.Ordinal);
        Assert.EndsWith("00:00:03.000 --> 00:00:04.000\nclip.sprite.jpg#xywh=480,0,160,90\n", cues, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vertical_clip_is_the_middle_of_the_picture()
    {
        MediaTool.SkipWhenAbsent();

        var clip = await CutAsync(new(CutMode.Smart, Vertical: true));

        var video = MediaTool.Probe(clip.Path).GetProperty("streams")[0];
        Assert.Equal((100, 180), (video.GetProperty("width").GetInt32(), video.GetProperty("height").GetInt32()));
        Assert.Equal("exact", clip.Mode);
        Assert.StartsWith("vertical", clip.Fallback, StringComparison.Ordinal);
        // Columns 110 to 209 of the source lie in its number's blocks 5 to 10.
        var first = MediaTool.DecodeRgb(clip.Path).AsSpan(0, 100 * 180 * 3).ToArray();
        var bits = Enumerable.Range(6, 4).Select(bit => first[((45 * 100) + (20 * bit) + 10 - 110) * 3] >= 128 ? 1 << bit : 0).Sum();
        Assert.Equal(45 & 0b11_1100_0000, bits);
    }

    [Theory]
    [InlineData(CutMode.Copy, 90)]
    [InlineData(CutMode.Smart, 180)]
    [InlineData(CutMode.Exact, 270)]
    public async Task A_recording_that_lies_on_its_side_gives_upright_clips_and_posters(CutMode mode, int degrees)
    {
        MediaTool.SkipWhenAbsent();
        var rotated = Path.Combine(_folder, "rotated.mp4");
        MediaTool.Run("ffmpeg", "-v", "error", "-display_rotation", $"{degrees}", "-i", TestStream.Make(_folder, "source.mp4", seconds: 3), "-c", "copy", rotated);
        var read = await Recording.OfAsync(rotated);
        var range = TimeRange.FromSeconds(1, 2.5);   // from a key frame on, so that every mode begins there

        var clip = await TestStream.Cutter().CutAsync(read.Slice, new(range, range.Start, Path.Combine(_folder, "clip.mp4"), new(mode)), TestContext.Current.CancellationToken);

        var bytes = TestStream.Width * TestStream.Height * 3;
        var shown = MediaTool.DecodeRgb(rotated).AsSpan(TestStream.Rate * bytes, bytes).ToArray();   // the program turns what it shows
        foreach (var made in (string[])[clip.Path, clip.PosterPath!])
            Assert.InRange(MediaTool.DecodeRgb(made).Take(bytes).Zip(shown, (a, b) => Math.Abs(a - b)).Average(), 0, 8);
    }

    [Fact]
    public async Task A_clip_that_fails_at_its_last_file_leaves_none_of_them()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full to stand for a full disk");
        var read = await Recording.OfAsync(TestStream.Make(_folder, "source.mp4", seconds: 3));
        var target = Directory.CreateDirectory(Path.Combine(_folder, "out")).FullName;
        File.CreateSymbolicLink(Path.Combine(target, "clip.sprite.vtt"), "/dev/full");

        var failure = await Assert.ThrowsAsync<ClipException>(() => TestStream.Cutter().CutAsync(read.Slice,
            new(TimeRange.FromSeconds(1, 2), MediaTime.FromSeconds(1), Path.Combine(target, "clip.mp4"), new(CutMode.Copy, Hls: true, Sprite: true)), TestContext.Current.CancellationToken));

        Assert.Equal("disk-full", failure.Reason);
        Assert.Empty(Directory.GetFileSystemEntries(target));
    }

    private async Task<ClipFile> CutAsync(ClipForm form)
    {
        var read = await Recording.OfAsync(TestStream.Make(_folder, "source.mp4", seconds: 7));
        var range = TimeRange.FromSeconds(1.5, 5.5);
        return await TestStream.Cutter().CutAsync(read.Slice, new(range, range.Start, Path.Combine(_folder, "clip.mp4"), form), TestContext.Current.CancellationToken);
    }

    private static byte[] Tile(byte[] sheet, int number, int columns)
    {
        var tile = new byte[160 * 90 * 3];
        for (var y = 0; y < 90; y++) sheet.AsSpan(((y * columns * 160) + (number * 160)) * 3, 160 * 3).CopyTo(tile.AsSpan(y * 160 * 3));
        return tile;
    }
}
