using System.Globalization;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>
/// Sampled frames against the ffmpeg program, which shares the decoders but none of the code that chooses frames: slot k shows the last picture at or before
/// k / 2 s, which its <c>fps</c> filter calls rounding up.
/// </summary>
public sealed class CorpusFramesTests
{
    private const int Width = 112, Height = 56, Bytes = Width * Height * 3;
    private const double LongestFile = 31;

    public static TheoryData<string> Clean => CorpusFile.All.Count == 0 ? ["none"]
        : [.. CorpusFile.All.Where(f => !f.IsPlaylist && f.IsClean && f.Shown is var (first, last) && last - first is > 2 and < LongestFile && Math.Min(f.Picture.Width, f.Picture.Height) > Width)
            .GroupBy(f => (f.Picture.Codec, Path.GetExtension(f.Name))).SelectMany(same => same.Take(2)).Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Clean))]
    public void Frames_are_those_that_the_ffmpeg_program_picks_and_scales(string name)
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        MediaTool.SkipWhenAbsent();
        var path = CorpusFile.Of(name).Path;

        var judged = MediaTool.Run("ffmpeg", "-v", "fatal", "-i", path, "-an", "-sn", "-vf",
            string.Create(CultureInfo.InvariantCulture, $"setpts=PTS-STARTPTS,fps=2:round=up,scale={Width}:{Height}:flags=area+accurate_rnd,format=rgb24"), "-f", "rawvideo", "-");

        foreach (var mode in new[] { SamplingMode.Full, SamplingMode.Auto })
        {
            var frames = FrameReader.ReadFrames(path, Width, Height, TestStream.Local with { Sampling = mode }, TestContext.Current.CancellationToken).ToList();
            var common = Math.Min(frames.Count, judged.Length / Bytes);
            Assert.InRange(common, frames.Count - 1, frames.Count); // the last one stands to the end of its picture here, or falls to the filter's rounding there
            for (var i = 0; i < common; i++)
                Assert.True(judged.AsSpan(i * Bytes, Bytes).SequenceEqual(frames[i].Rgb), $"{mode}: frame {i} of {common} is another one");
        }
    }
}
