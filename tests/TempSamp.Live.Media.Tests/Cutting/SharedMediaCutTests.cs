using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>Clips out of recordings of many encoders: open GOPs, HEVC, AV1, 10 bit, variable rate, odd sizes.</summary>
public sealed class SharedMediaCutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-cut-").FullName;

    public static TheoryData<string> Sources => SharedData.Media is null ? ["none"]
        : [.. ((string[])["gop", "fps", "pix"]).SelectMany(f => Directory.GetFiles(Path.Combine(SharedData.Media, f))).Select(f => Path.GetRelativePath(SharedData.Media, f)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_clip_decodes_without_error_and_lasts_what_it_says(string file)
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        MediaTool.SkipWhenAbsent();
        var read = await Recording.OfAsync(Path.Combine(SharedData.Media!, file));
        var cutter = TestStream.Cutter();

        var clip = await cutter.CutAsync(read.Slice, new(TimeRange.FromSeconds(1.2, 2.6), MediaTime.FromSeconds(2), Path.Combine(_folder, "clip.mp4"), ClipForm.Default with { Mode = CutMode.Copy }), TestContext.Current.CancellationToken);

        var shown = MediaTool.List(clip.Path, "frame=pts_time,duration_time", "v:0").Select(line => line.Split(',').Take(2).Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray()).ToList();
        Assert.Equal(clip.Actual.Length.Seconds, shown[^1][0] + shown[^1][1] - shown[0][0], 0.05);
        Assert.Equal(0, shown[0][0], 0.001);
        Assert.True(clip.Actual.Start <= MediaTime.FromSeconds(1.2) && clip.Actual.End >= MediaTime.FromSeconds(2.6), $"{clip.Actual}");
        Assert.NotNull(clip.PosterPath);
        MediaTool.Run("ffmpeg", "-v", "error", "-xerror", "-i", clip.Path, "-map", "v:0", "-fps_mode", "passthrough", "-f", "rawvideo", "-y", "/dev/null");
    }
}
