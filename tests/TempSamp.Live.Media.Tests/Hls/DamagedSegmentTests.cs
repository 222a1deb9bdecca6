using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>Segments that arrive whole and hold nothing that a demuxer can use are holes of their length, and what was to be said of them is said.</summary>
public sealed class DamagedSegmentTests : IDisposable
{
    private static readonly Func<double, double, bool> s_near = (a, b) => Math.Abs(a - b) < 0.1;

    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-damaged-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("fmp4", "box")]
    [InlineData("fmp4", "zeros")]
    [InlineData("fmp4", "boxes")]
    [InlineData("mpegts", "empty")]
    [InlineData("mpegts", "noise")]
    public async Task The_first_segments_behind_a_break_may_be_useless(string type, string damage)
    {
        CutBoth(type, damage);
        Write([.. Run("a", type, 0, 2), "#EXT-X-DISCONTINUITY", "#EXT-X-CUE-OUT:30", .. Run("b", type, 0, 4)]);

        var read = await ReadAsync();

        Assert.Equal([.. Times(0, 2), .. Times(4, 6)], Pictures(read), s_near);
        Assert.Equal("jump", Assert.Single(read.Notes, note => note.Text.Contains("start anew", StringComparison.Ordinal)).Kind);
        Assert.Single(read.Notes, note => note.Kind == "cue");
    }

    [Theory]
    [InlineData("fmp4", "boxes")]
    [InlineData("mpegts", "empty")]
    [InlineData("mpegts", "noise")]
    public async Task Useless_segments_between_two_breaks_are_a_hole_of_their_length_and_are_told_of(string type, string damage)
    {
        CutBoth(type, damage);
        Write([.. Run("a", type, 0, 2), "#EXT-X-DISCONTINUITY", "#EXT-X-CUE-OUT:30", .. Run("b", type, 0, 2), "#EXT-X-DISCONTINUITY", .. Run("a", type, 2, 4)]);

        var read = await ReadAsync();

        Assert.Equal([.. Times(0, 2), .. Times(4, 6)], Pictures(read), s_near);
        Assert.Single(read.Notes, note => note.Text.Contains("start anew", StringComparison.Ordinal));
        Assert.Single(read.Notes, note => note.Kind == "cue");
        Assert.Contains(read.Notes, note => note.Kind == "corrupt");
    }

    [Theory]
    [InlineData("fmp4", "box")]
    [InlineData("fmp4", "zeros")]
    [InlineData("fmp4", "boxes")]
    [InlineData("mpegts", "empty")]
    [InlineData("mpegts", "noise")]
    public async Task A_segment_among_others_may_be_useless(string type, string damage)
    {
        Cut("a", type);
        Break("a1", type, damage);
        Write(Run("a", type, 0, 4));

        var read = await ReadAsync();

        Assert.Equal([.. Times(0, 1), .. Times(2, 4)], Pictures(read), s_near);
        Assert.DoesNotContain(read.Notes, note => note.Kind == "jump");
    }

    // Two runs, the first two segments of the second useless.
    private void CutBoth(string type, string damage)
    {
        Cut("a", type);
        Cut("b", type);
        Break("b0", type, damage);
        Break("b1", type, damage);
    }

    private static IEnumerable<double> Pictures(Recording read) => read.Packets.Where(packet => packet.Track == 0).Select(packet => packet.Pts.Seconds);

    private static IEnumerable<double> Times(int from, int to) => Enumerable.Range(from * TestStream.Rate, (to - from) * TestStream.Rate).Select(i => (double)i / TestStream.Rate);

    private async Task<Recording> ReadAsync()
    {
        await using var origin = HlsOrigin.Of(_folder);
        return await Recording.OfAsync(origin.Url("x.m3u8"));
    }

    // Bytes that look like media from outside: a box of nonsense, an empty one, transport packets of nothing or of a track that nobody announced.
    private void Break(string name, string type, string damage)
    {
        var noise = new Random(5);
        byte[] Filled(byte[] head, int length)
        {
            var all = new byte[length];
            noise.NextBytes(all);
            head.CopyTo(all, 0);
            return all;
        }

        File.WriteAllBytes(Path.Combine(_folder, name + Extension(type)), damage switch
        {
            "box" => Filled([0, 0, 0x20, 0, .. "moof"u8, 0, 0, 0x1F, 0xF8, .. "traf"u8], 0x4000),
            "boxes" => [.. Filled([0, 0, 0x20, 0, .. "moof"u8, 0, 0, 0x1F, 0xF8, .. "traf"u8], 0x2000), .. Filled([0, 0, 0x20, 0, .. "mdat"u8], 0x2000)],
            "zeros" => [0, 0, 0, 8, .. "moof"u8, .. new byte[20_000]],
            "empty" => [.. Enumerable.Range(0, 100).SelectMany(_ => (byte[])[0x47, 0x1F, 0xFF, 0x10, .. new byte[184]])],
            _ => [.. Enumerable.Range(0, 100).SelectMany(_ => Filled([0x47, 0x0F, 0x00, 0x10], 188))],
        });
    }

    private static string Extension(string type) => type == "fmp4" ? ".m4s" : ".ts";

    private static IEnumerable<string> Run(string name, string type, int first, int end) =>
        [.. type == "fmp4" ? (string[])[$"#EXT-X-MAP:URI=\"{name}-init.mp4\""] : [], .. Enumerable.Range(first, end - first).Select(i => $"#EXTINF:1,\n{name}{i}{Extension(type)}")];

    private void Write(IEnumerable<string> lines) => File.WriteAllText(Path.Combine(_folder, "x.m3u8"), $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{string.Join('\n', lines)}\n#EXT-X-ENDLIST\n");

    private void Cut(string name, string type)
    {
        var source = TestStream.Make(_folder, $"{name}-source.mp4", seconds: 4, bFrames: 0);
        MediaTool.Run("ffmpeg", "-v", "error", "-i", source, "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod", "-hls_segment_type", type,
            "-hls_fmp4_init_filename", $"{name}-init.mp4", "-hls_segment_filename", Path.Combine(_folder, $"{name}%d{Extension(type)}"), Path.Combine(_folder, $"{name}.m3u8"));
    }
}
