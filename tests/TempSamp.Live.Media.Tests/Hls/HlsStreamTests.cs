using System.Globalization;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>The HLS client against an origin on loopback: streams whose frames carry their numbers, cut into segments by the ffmpeg program.</summary>
public sealed class HlsStreamTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-hls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("mpegts")]
    [InlineData("fmp4")]
    public async Task A_recording_is_read_from_its_first_frame_to_its_last(string type)
    {
        Cut("a", seconds: 4, segment: type);
        await using var origin = HlsOrigin.Of(_folder);

        var read = await Recording.OfAsync(origin.Url("a.m3u8"));

        Assert.Equal(Enumerable.Range(0, 8).Select(i => i * 15), read.Frames.Select(TestStream.NumberOf));
        Assert.Equal(["h264", "aac"], read.Announced.Select(a => a.Format.Codec));
        Assert.Empty(read.Notes);
        AssertRising(read);
    }

    [Fact]
    public async Task A_list_on_disk_is_read_too()
    {
        Cut("a", seconds: 2);

        Assert.Equal([0, 15, 30, 45], (await Recording.OfAsync(Path.Combine(_folder, "a.m3u8"))).Frames.Select(TestStream.NumberOf));
    }

    [Fact]
    public async Task A_discontinuity_starts_a_new_epoch_where_the_last_one_ended()
    {
        Cut("a", seconds: 2);
        Cut("b", seconds: 2, first: 900, width: 480, height: 270);
        Write("x.m3u8", "#EXT-X-PROGRAM-DATE-TIME:2025-03-01T12:00:00Z", Segment("a0.ts"), Segment("a1.ts"), "#EXT-X-DISCONTINUITY", "#EXT-X-DATERANGE:ID=\"ad\",CLASS=\"break\"", Segment("b0.ts"), Segment("b1.ts"),
            "#EXT-X-DISCONTINUITY", "#EXT-X-DATERANGE:ID=\"ad\",CLASS=\"break\"", Segment("a0.ts"), "#EXT-X-ENDLIST");
        await using var origin = HlsOrigin.Of(_folder);

        var read = await Recording.OfAsync(origin.Url("x.m3u8"));

        Assert.Equal([0, 15, 30, 45, 915, 930, 945, 15], Inside(read, 4, 8).Take(8), (a, b) => Math.Abs(a - b) <= 1);
        Assert.Equal(2, read.Notes.Count(n => n.Kind == "jump"));
        Assert.Equal(2, read.Notes.Count(n => n.Kind == "format"));
        Assert.Equal("cue", Assert.Single(read.Notes, n => n.Text.Contains("ID=ad", StringComparison.Ordinal)).Kind);
        Assert.Equal(2, read.Notes.First(n => n.Kind == "jump").At.Seconds, 0.1);
        Assert.Equal([(320, 180), (480, 270), (320, 180)], read.Announced.Where(a => a.Format.Kind == TrackKind.Video).Select(a => (a.Format.Width, a.Format.Height)));
        AssertRising(read);
    }

    [Fact]
    public async Task The_playlists_date_is_the_sessions_clock()
    {
        Cut("a", seconds: 2);
        Write("x.m3u8", "#EXT-X-PROGRAM-DATE-TIME:2025-03-01T12:00:00.5Z", Segment("a0.ts"), Segment("a1.ts"), "#EXT-X-ENDLIST");
        Write("future.m3u8", "#EXT-X-PROGRAM-DATE-TIME:2999-03-01T12:00:00Z", Segment("a0.ts"), "#EXT-X-ENDLIST");
        await using var origin = HlsOrigin.Of(_folder);

        var dated = await OpenAsync(origin.Url("x.m3u8"));
        var wrong = await OpenAsync(origin.Url("future.m3u8"));
        var read = await Recording.OfAsync(origin.Url("x.m3u8"));

        Assert.Equal((new DateTimeOffset(2025, 3, 1, 12, 0, 0, 500, TimeSpan.Zero), "program-date-time"), dated);
        Assert.Equal("arrival", wrong.ClockSource);
        Assert.Equal(1, (read.Dates[1].Utc - read.Dates[0].Utc).TotalSeconds, 0.001);
        Assert.Equal(1, (read.Dates[1].At - read.Dates[0].At).Seconds, 0.1);
    }

    [Fact]
    public async Task The_tallest_variant_up_to_the_limit_is_read_with_its_separate_sound()
    {
        Cut("hi", seconds: 2, sampleRate: 0, width: 480, height: 270);
        Cut("lo", seconds: 2, sampleRate: 0);
        Cut("sound", seconds: 2, arguments: ["-vn"]);
        File.WriteAllText(Path.Combine(_folder, "master.m3u8"), """
            #EXTM3U
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="en",DEFAULT=YES,URI="sound.m3u8"
            #EXT-X-STREAM-INF:BANDWIDTH=100,RESOLUTION=320x180,AUDIO="s"
            lo.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=200,RESOLUTION=480x270,AUDIO="s"
            hi.m3u8
            """);
        await using var origin = HlsOrigin.Of(_folder);

        var tall = await Recording.OfAsync(origin.Url("master.m3u8"));
        var small = await Recording.OfAsync(origin.Url("master.m3u8"), TestStream.Local with { HlsMaxHeight = 200 });

        Assert.Equal([("h264", 480), ("aac", 0)], tall.Announced.Select(a => (a.Format.Codec, a.Format.Width)));
        Assert.Equal(320, small.Announced[0].Format.Width);
        Assert.Equal([0, 15, 30, 45], tall.Frames.Select(TestStream.NumberOf));
        Assert.InRange(tall.Packets.Count(p => p.Track == 1), 94, 95); // two seconds of 1024 samples each, and the encoder's own first
        AssertRising(tall);
        Assert.True(tall.Packets.Zip(tall.Packets.Skip(1)).All(p => (p.First.Dts - p.Second.Dts).Seconds < 0.1)); // merged by time
    }

    [Fact]
    public async Task A_variant_that_is_gone_gives_way_to_the_next_best()
    {
        Cut("lo", seconds: 1);
        File.WriteAllText(Path.Combine(_folder, "master.m3u8"), "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=200,RESOLUTION=480x270\ngone.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=100,RESOLUTION=320x180\nlo.m3u8\n");
        await using var origin = HlsOrigin.Of(_folder);

        Assert.Equal(2, (await Recording.OfAsync(origin.Url("master.m3u8"))).Frames.Count);
    }

    [Theory]
    [InlineData("#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x0000000000000000000000000000002a", 42, 42)]
    [InlineData("#EXT-X-KEY:METHOD=AES-128,URI=\"k\"", 7, 8)]
    public async Task Encrypted_segments_are_read_with_the_keys_vector_or_their_number(string key, int firstVector, int secondVector)
    {
        Cut("a", seconds: 2);
        Encrypt("a0.ts", firstVector);
        Encrypt("a1.ts", secondVector);
        File.WriteAllBytes(Path.Combine(_folder, "k"), s_key);
        Write("x.m3u8", "#EXT-X-MEDIA-SEQUENCE:7", key, Segment("a0.ts.aes"), Segment("a1.ts.aes"), "#EXT-X-ENDLIST");
        await using var origin = HlsOrigin.Of(_folder);

        Assert.Equal([0, 15, 30, 45], (await Recording.OfAsync(origin.Url("x.m3u8"))).Frames.Select(TestStream.NumberOf));
        Assert.Single(origin.Asked, "/k"); // keys are kept
    }

    [Fact]
    public async Task Parts_of_one_resource_are_read()
    {
        Cut("a", seconds: 2);
        var (a, b) = (File.ReadAllBytes(Path.Combine(_folder, "a0.ts")), File.ReadAllBytes(Path.Combine(_folder, "a1.ts")));
        File.WriteAllBytes(Path.Combine(_folder, "all.ts"), [1, 2, 3, .. a, .. b]);
        Write("x.m3u8", $"#EXT-X-BYTERANGE:{a.Length}@3", Segment("all.ts"), $"#EXT-X-BYTERANGE:{b.Length}", Segment("all.ts"), "#EXT-X-ENDLIST");
        await using var origin = HlsOrigin.Of(_folder);

        Assert.Equal([0, 15, 30, 45], (await Recording.OfAsync(origin.Url("x.m3u8"))).Frames.Select(TestStream.NumberOf));
    }

    [Fact]
    public async Task A_missing_segment_is_a_hole_and_the_rest_is_read()
    {
        Cut("a", seconds: 4);
        Write("x.m3u8", Segment("a0.ts"), Segment("gone.ts"), "#EXT-X-GAP", Segment("a2.ts"), Segment("a3.ts"), "#EXT-X-ENDLIST");
        await using var origin = HlsOrigin.Of(_folder);

        var read = await Recording.OfAsync(origin.Url("x.m3u8"));

        Assert.Equal(8, read.Frames.Count);
        Assert.Equal(105, TestStream.NumberOf(read.Frames[^1]));
        Assert.Equal(2, read.Notes.Count(n => n.Kind == "segment"));
        Assert.Equal(3, origin.Asked.Count(p => p == "/gone.ts"));
    }

    [Fact]
    public async Task A_long_hole_keeps_its_length()
    {
        Cut("a", seconds: 2);
        Write("x.m3u8", Segment("a0.ts"), "#EXT-X-GAP", "#EXTINF:15,", "gone.ts", Segment("a1.ts"), "#EXT-X-ENDLIST");
        await using var origin = HlsOrigin.Of(_folder);

        var read = await Recording.OfAsync(origin.Url("x.m3u8"));

        Assert.Equal(17, read.Packets.Where(p => p.Track == 0).Max(p => (p.Pts + p.Duration).Seconds), 0.1);
        Assert.InRange(read.LongestHole.Seconds, 15, 15.2);
    }

    [Fact]
    public async Task A_segment_that_breaks_off_is_asked_for_again()
    {
        Cut("a", seconds: 3);
        var cuts = 0;
        await using var origin = new HlsOrigin(path => path == "/a1.ts" && cuts++ < 2 ? HlsOrigin.FileIn(_folder, path) with { CutAfter = 5000 } : HlsOrigin.FileIn(_folder, path));

        var read = await Recording.OfAsync(origin.Url("a.m3u8"));

        Assert.Equal(Enumerable.Range(0, 6).Select(i => i * 15), read.Frames.Select(TestStream.NumberOf));
        Assert.Empty(read.Notes);
        Assert.Equal(3, origin.Asked.Count(p => p == "/a1.ts"));
    }

    [Fact]
    public async Task A_segment_that_is_no_media_is_left_out()
    {
        Cut("a", seconds: 3);
        File.WriteAllText(Path.Combine(_folder, "a1.ts"), "<html><body>404</body></html>");
        await using var origin = HlsOrigin.Of(_folder);

        var read = await Recording.OfAsync(origin.Url("a.m3u8"));

        Assert.Equal(75, TestStream.NumberOf(read.Frames[^1]));
        Assert.Contains(read.Notes, n => n.Kind == "segment" && n.Text.Contains("no media", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_live_list_is_followed_through_an_outage_a_missing_segment_and_a_lost_window()
    {
        Cut("a", seconds: 12);
        var loads = 0;
        await using var origin = new HlsOrigin(path => path switch
        {
            "/live.m3u8" => Live(++loads),
            "/a4.ts" => OriginAnswer.Missing,
            _ => HlsOrigin.FileIn(_folder, path),
        });

        var read = await Recording.OfAsync(origin.Url("live.m3u8"));

        var seen = read.Frames.Select(TestStream.NumberOf).ToHashSet();
        Assert.Superset(new HashSet<int> { 0, 15, 30, 45, 60, 75, 90, 105, 150, 165, 285, 300, 330, 345 }, seen);
        Assert.DoesNotContain(135, seen); // segment 4 is missing
        Assert.DoesNotContain(225, seen); // segments 6 to 8 left the list in time
        Assert.Contains(read.Notes, n => n.Kind == "segment" && n.Text.StartsWith("Segment 4 ", StringComparison.Ordinal));
        Assert.Contains(read.Notes, n => n.Kind == "segment" && n.Text.StartsWith("3 segments left", StringComparison.Ordinal));
        Assert.Equal(12, read.Packets.Where(p => p.Track == 0).Max(p => (p.Pts + p.Duration).Seconds), 0.1);

        OriginAnswer Live(int load) => load switch
        {
            1 => List(0, 3),
            2 or 3 => OriginAnswer.Broken,
            4 => OriginAnswer.Text("<html>maintenance</html>"),
            5 => List(2, 6),
            6 => List(1, 5), // an older copy
            _ => List(9, 12, "#EXT-X-ENDLIST"),
        };

        OriginAnswer List(int first, int end, string last = "") => OriginAnswer.Text(string.Create(CultureInfo.InvariantCulture,
            $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{first}\n{string.Concat(Enumerable.Range(first, end - first).Select(i => $"#EXTINF:1,\na{i}.ts\n"))}{last}\n"));
    }

    [Fact]
    public async Task A_live_list_that_stands_still_is_silent_and_one_that_is_gone_is_unreachable()
    {
        Cut("a", seconds: 3);
        var lives = OriginAnswer.Text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na0.ts\n#EXTINF:1,\na1.ts\n");
        var loads = 0;
        await using var still = new HlsOrigin(path => path == "/x.m3u8" ? lives : HlsOrigin.FileIn(_folder, path));
        await using var gone = new HlsOrigin(path => path != "/x.m3u8" ? HlsOrigin.FileIn(_folder, path) : ++loads == 1 ? lives : OriginAnswer.Broken);

        var ends = await Task.WhenAll(
            Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(still.Url("x.m3u8"))),
            Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(gone.Url("x.m3u8"), TestStream.Local with { ReadTimeout = TimeSpan.FromSeconds(1) })));

        Assert.Equal(["silent", "unreachable"], ends.Select(e => e.Reason));
        Assert.InRange(still.Asked.Count(p => p == "/x.m3u8"), 2, 12); // paced
    }

    [Fact]
    public async Task A_server_that_counts_anew_goes_on_in_a_new_epoch()
    {
        Cut("a", seconds: 4);
        var loads = 0;
        await using var origin = new HlsOrigin(path => path != "/x.m3u8" ? HlsOrigin.FileIn(_folder, path) : ++loads == 1
            ? OriginAnswer.Text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:500\n#EXTINF:1,\na2.ts\n#EXTINF:1,\na3.ts\n")
            : OriginAnswer.Text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na0.ts\n#EXTINF:1,\na1.ts\n#EXT-X-ENDLIST\n"));

        var read = await Recording.OfAsync(origin.Url("x.m3u8"));

        Assert.Equal([60, 75, 90, 105, 15, 30, 45], Inside(read, 4).Take(7), (a, b) => Math.Abs(a - b) <= 1);
        Assert.Contains(read.Notes, n => n.Text.Contains("counts its segments anew", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_that_is_connected_but_sends_nothing_is_silent()
    {
        await using var origin = new HlsOrigin(_ => new OriginAnswer(200, new byte[1000], Stall: true));

        var end = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(origin.Url("live.flv"), TestStream.Local with { OpenTimeout = TimeSpan.FromSeconds(4) }));

        Assert.Equal("silent", end.Reason);
    }

    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    private static string Segment(string name) => $"#EXTINF:1,\n{name}";

    // Frame numbers without those of the slots at a break: sound ends a little after the picture, so the new picture comes a little after the slot.
    private static IEnumerable<int> Inside(Recording read, params int[] breaks) => read.Frames.Where((_, slot) => !breaks.Contains(slot)).Select(TestStream.NumberOf);

    private static void AssertRising(Recording read)
    {
        foreach (var track in read.Packets.GroupBy(p => p.Track))
            Assert.All(track.Zip(track.Skip(1)), pair => Assert.True(pair.First.Dts <= pair.Second.Dts));
    }

    private static async Task<(DateTimeOffset StartedAt, string ClockSource)> OpenAsync(string url)
    {
        using var source = new LibavStreamSource(Microsoft.Extensions.Options.Options.Create(TestStream.Local), TimeProvider.System);
        await using var input = await source.OpenAsync(TestStream.Plan(url), TestContext.Current.CancellationToken);
        return (input.StartedAt, input.ClockSource);
    }

    private void Write(string name, params IEnumerable<string> lines) => File.WriteAllText(Path.Combine(_folder, name), $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{string.Join('\n', lines)}\n");

    private void Cut(string name, double seconds, int first = 0, int width = TestStream.Width, int height = TestStream.Height, int sampleRate = 48_000, string segment = "mpegts", string[]? arguments = null)
    {
        var source = TestStream.Make(_folder, $"{name}-source.mp4", seconds, bFrames: 0, sampleRate: sampleRate, firstNumber: first, width: width, height: height);
        MediaTool.Run("ffmpeg", ["-v", "error", "-i", source, .. arguments ?? [], "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod", "-hls_segment_type", segment,
            "-hls_fmp4_init_filename", $"{name}-init.mp4", "-hls_segment_filename", Path.Combine(_folder, $"{name}%d.{(segment == "fmp4" ? "m4s" : "ts")}"), Path.Combine(_folder, $"{name}.m3u8")]);
    }

    private void Encrypt(string name, int vector)
    {
        using var aes = System.Security.Cryptography.Aes.Create();
        aes.Key = s_key;
        File.WriteAllBytes(Path.Combine(_folder, name + ".aes"), aes.EncryptCbc(File.ReadAllBytes(Path.Combine(_folder, name)), (byte[])[.. new byte[15], (byte)vector]));
    }
}
