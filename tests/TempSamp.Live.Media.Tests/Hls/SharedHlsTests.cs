using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>Real and made HLS streams of the shared media: each plays to its end or to its damage over HTTP, and the damage is a note.</summary>
public sealed class SharedHlsTests
{
    private static readonly IngestOptions s_options = TestStream.Local with { OpenTimeout = TimeSpan.FromSeconds(8) };

    // What is not a stream with a picture says so; why stands beside it.
    private static readonly Dictionary<string, string> s_refused = new()
    {
        ["am_cmaf/stream_0.m3u8"] = "no-video",
        ["derived_master/aud_en.m3u8"] = "no-video",
        ["derived_master/aud_zh.m3u8"] = "no-video",
        ["derived_master/sub_zh.m3u8"] = "damaged",
        ["shaka_aes256/media.m3u8"] = "invalid",
        ["shaka_iframe_only/media.m3u8"] = "invalid",
        ["shaka_multivideo/high_pitch_128k.m3u8"] = "no-video",
        ["shaka_multivideo/low_pitch_128k.m3u8"] = "no-video",
        ["shaka_multivideo/original_128k.m3u8"] = "no-video",
    };

    public static TheoryData<string> Streams => SharedData.Media is null ? ["none"]
        : [.. Directory.GetFiles(Path.Combine(SharedData.Media, "hls"), "*.m3u8", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Path.Combine(SharedData.Media, "hls"), f)).Where(f => !f.Contains("live_t", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_stream_plays_to_its_end_or_says_why_not(string file)
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        await using var origin = HlsOrigin.Of(Path.Combine(SharedData.Media!, "hls"));

        if (s_refused.TryGetValue(file, out var reason))
        {
            Assert.Equal(reason, (await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(origin.Url(file), s_options))).Reason);
            return;
        }

        var read = await Recording.OfAsync(origin.Url(file), s_options);

        Assert.Equal(Enumerable.Range(0, read.Frames.Count), read.Frames.Select(f => (int)f.Slot));
        Assert.InRange(read.Frames.Count / 2.0 - Length(Path.Combine(SharedData.Media!, "hls", file)), -1.01, 1.01);
        foreach (var track in read.Packets.GroupBy(p => p.Track))
            Assert.All(track.Zip(track.Skip(1)), pair => Assert.True(pair.First.Dts <= pair.Second.Dts));
    }

    [Theory]
    [InlineData("derived_faulty/missing_segment.m3u8", "segment")]
    [InlineData("derived_faulty/html_as_segment.m3u8", "segment")]
    [InlineData("derived_ad_break/index.m3u8", "jump")]
    [InlineData("derived_ad_break/index.m3u8", "cue")]
    [InlineData("derived_ad_break/index.m3u8", "format")]
    [InlineData("derived_fmp4_two_inits/index.m3u8", "format")]
    [InlineData("shaka_gap/playlist.m3u8", "segment")]
    public async Task What_is_odd_is_noted(string file, string kind)
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        await using var origin = HlsOrigin.Of(Path.Combine(SharedData.Media!, "hls"));

        Assert.Contains((await Recording.OfAsync(origin.Url(file), s_options)).Notes, n => n.Kind == kind);
    }

    [Fact]
    public async Task Snapshots_of_a_live_list_give_every_segment_once()
    {
        Assert.SkipWhen(SharedData.Media is null, SharedData.Missing("media"));
        var folder = Path.Combine(SharedData.Media!, "hls", "derived_live_window");
        var snapshots = Directory.GetFiles(folder, "live_t*.m3u8").Order(StringComparer.Ordinal).ToArray();
        var loads = 0;
        await using var origin = new HlsOrigin(path => path != "/live.m3u8" ? HlsOrigin.FileIn(folder, path)
            : OriginAnswer.Text(File.ReadAllText(snapshots[Math.Min(loads++, snapshots.Length - 1)]).Replace("TARGETDURATION:3", "TARGETDURATION:1", StringComparison.Ordinal))); // in a third of the time

        var read = await Recording.OfAsync(origin.Url("live.m3u8"), s_options);

        Assert.InRange(read.Frames.Count, 23, 25);
        Assert.Empty(read.Notes);
        Assert.All(Enumerable.Range(0, 6), i => Assert.Single(origin.Asked, $"/m_00{i}.ts"));
    }

    // What the playlist declares, without what is known to be wrong or missing in it.
    private static double Length(string file) => Path.GetFileName(file) switch
    {
        "wrong_extinf.m3u8" => 12,
        "repeated_segment.m3u8" => 16, // the segment after the repeated one is four seconds further on
        _ => Declared(file),
    };

    private static double Declared(string file)
    {
        var lines = File.ReadAllLines(file);
        if (lines.FirstOrDefault(l => l.Contains("STREAM-INF:RESOLUTION", StringComparison.Ordinal) || l.StartsWith("#EXT-X-STREAM-INF", StringComparison.Ordinal)) is not null)
            return Declared(Path.Combine(Path.GetDirectoryName(file)!, lines.First(l => l.Length > 0 && l[0] != '#')));
        var segments = lines.Where(l => l.StartsWith("#EXTINF:", StringComparison.Ordinal)).Select(l => double.Parse(l["#EXTINF:".Length..].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        return segments.Sum() - (lines.TakeWhile(l => !l.StartsWith("#EXTINF", StringComparison.Ordinal)).Contains("#EXT-X-GAP") ? segments[0] : 0); // a stream begins with what is there
    }
}
