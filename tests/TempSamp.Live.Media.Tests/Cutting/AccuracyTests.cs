using System.Text.Json;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>Random spans of recordings of many encoders, judged by the ffmpeg program. The benchmark <c>cut --accuracy</c> runs hundreds more.</summary>
public sealed class AccuracyTests : IDisposable
{
    private const int Seed = 20261126, Cases = 24, MostFrames = 300, MostWidth = 640;
    private const double Shortest = 0.4, Longest = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-accuracy-").FullName;

    public static TheoryData<string, double, double> Spans => SharedData.Media is null ? new() { { "none", 0, 1 } } : Draw();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Spans))]
    public async Task A_cut_breaks_no_rule(string file, double from, double length)
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        MediaTool.SkipWhenAbsent();
        var path = Path.Combine(SharedData.Media!, file);
        var read = await Recording.OfAsync(path);
        var video = read.Announced.First(a => a.Format.Kind == TrackKind.Video).Format.Index;
        var source = new ReadSource(path, [.. read.Packets.Where(p => p.Track == video)], read.Notes);
        var truth = CutTruth.Of(source, DecodedFrames.Of(path));
        Assert.SkipWhen(truth is null, $"nobody can tell which of {source.Pictures.Count} packets the frames of {file} are");

        foreach (var mode in (CutMode[])[CutMode.Smart, CutMode.Exact])
        {
            var range = TimeRange.FromSeconds(from, from + length);
            var clip = await TestStream.Cutter().CutAsync(read.Slice, new(range, range.Start, Path.Combine(_folder, "clip.mp4"), new(mode)), TestContext.Current.CancellationToken);

            var broken = CutJudge.Judge(source, truth, clip);

            Assert.True(broken.Count == 0, $"{file} {range} {mode} {clip.Mode} {clip.Fallback}: {string.Join("; ", broken)}");
        }
    }

    private static TheoryData<string, double, double> Draw()
    {
        var random = new Random(Seed);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Media!, "manifest.json")));
        var files = manifest.RootElement.GetProperty("files").EnumerateArray().Where(IsSmall)
            .Select(f => (Name: f.GetProperty("file").GetString()!, Length: LengthOf(f))).ToArray();
        random.Shuffle(files);
        var spans = new TheoryData<string, double, double>
        {
            { "ts/jump_forward_1h.ts", 3.1507, 4.5254 },          // another format, reordered more than its headers say
            { "flv/resolution_change.flv", 4.0659, 2.7288 },
            { "mp4/nasa_13013_multi.mp4", 0.208, 5.624 },           // two videos: the first one counts
            { "es/openh264_CVFC1_Sony_C.jsv", 1.3498, 0.3411 },   // cropped on odd pixels
            { "gop/hevc_open_gop_cra.mp4", 1.9, 3.7 },               // begins with pictures that lead a key frame in
        };
        foreach (var (name, last) in files.Take(Cases))
        {
            var length = Math.Min(last, Shortest * Math.Pow(Longest / Shortest, random.NextDouble()));
            spans.Add(name, Math.Round(random.NextDouble() * (last - length), 3), Math.Round(length, 3));
        }

        return spans;
    }

    private static double LengthOf(JsonElement file)
    {
        var video = file.GetProperty("ffprobe").GetProperty("video");
        return video.GetProperty("last_pts").GetDouble() - video.GetProperty("first_pts").GetDouble();
    }

    private static bool IsSmall(JsonElement file) =>
        file.TryGetProperty("ffprobe", out var facts) && facts.TryGetProperty("video", out var video) && video.ValueKind == JsonValueKind.Object
        && video.GetProperty("last_pts").ValueKind == JsonValueKind.Number && Number(video, "decode_error_lines") == 0 && Number(video, "decoded_frames") is > 10 and <= MostFrames
        && !file.GetProperty("file").GetString()!.StartsWith("hls/", StringComparison.Ordinal)
        && facts.GetProperty("streams").EnumerateArray().Where(s => s.GetProperty("type").GetString() == "video").All(s => s.GetProperty("w").GetInt32() <= MostWidth);

    private static int? Number(JsonElement facts, string name) => facts.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;
}
