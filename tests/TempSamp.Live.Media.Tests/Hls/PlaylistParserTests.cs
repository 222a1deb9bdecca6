using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

public sealed class PlaylistParserTests
{
    private static readonly StreamUrl s_url = new(StreamUrlKind.Http, "http://cdn.example/live/index.m3u8?token=7");

    [Fact]
    public void A_media_playlist_gives_its_segments_with_all_that_belongs_to_them()
    {
        var list = Media("""
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-TARGETDURATION:5
            #EXT-X-MEDIA-SEQUENCE:100
            #EXT-X-DISCONTINUITY-SEQUENCE:4
            #EXT-X-MAP:URI="init.mp4",BYTERANGE="700@10"
            #EXT-X-PROGRAM-DATE-TIME:2025-03-01T13:00:00.250+01:00
            #EXT-X-KEY:METHOD=AES-128,URI="k?x=1,2",IV=0x000102030405060708090A0B0C0D0E0F
            #EXTINF:4.5,first, with a comma
            #EXT-X-BYTERANGE:1000@2000
            a.mp4
            #EXTINF:4
            #EXT-X-BYTERANGE:500
            a.mp4
            #EXT-X-DISCONTINUITY
            #EXT-X-KEY:METHOD=NONE
            #EXT-X-GAP
            #EXT-X-CUE-OUT:30
            #EXTINF:2.25,
            sub/b.mp4
            #EXT-X-ENDLIST
            """);

        Assert.Equal((100L, 103L, true, TimeSpan.FromSeconds(5)), (list.FirstSequence, list.EndSequence, list.IsComplete, list.TargetDuration));
        var (a, b, c) = (list.Segments[0], list.Segments[1], list.Segments[2]);
        Assert.Equal((100L, 4L, "http://cdn.example/live/a.mp4", new ByteRange(2000, 1000)), (a.Sequence, a.Discontinuity, a.Url.Target, a.Range!.Value));
        Assert.Equal(new DateTimeOffset(2025, 3, 1, 12, 0, 0, 250, TimeSpan.Zero), a.StartsAt);
        Assert.Equal(("http://cdn.example/live/k?x=1,2", 15), (a.Key!.Url.Target, a.Key.Iv![15]));
        Assert.Equal(("http://cdn.example/live/init.mp4", new ByteRange(10, 700), null), (a.Map!.Url.Target, a.Map.Range!.Value, a.Map.Key));
        Assert.Equal((new ByteRange(3000, 500), a.StartsAt + TimeSpan.FromSeconds(4.5)), (b.Range!.Value, b.StartsAt));
        Assert.Equal((5L, "http://cdn.example/live/sub/b.mp4", null, true, null), (c.Discontinuity, c.Url.Target, c.Key, c.IsGap, c.StartsAt));
        Assert.Equal("EXT-X-CUE-OUT 30", Assert.Single(c.Marks).Text);
        Assert.Empty(list.Complaints);
    }

    [Fact]
    public void A_master_playlist_gives_its_variants_and_renditions()
    {
        var master = Assert.IsType<MasterPlaylist>(Parse("""
            #EXTM3U
            #EXT-X-DEFINE:NAME="host",VALUE="b.example"
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Deutsch",LANGUAGE="de",DEFAULT=YES,URI="de.m3u8"
            #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="frames.m3u8"
            #EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=320x180,CODECS="avc1.64000d,mp4a.40.2",AUDIO="a"
            http://{$host}/hi.m3u8
            """));

        Assert.Equal(new HlsVariant(new(StreamUrlKind.Http, "http://b.example/hi.m3u8"), 300_000, 180, "avc1.64000d,mp4a.40.2", "a"), Assert.Single(master.Variants));
        Assert.Equal(new HlsRendition("AUDIO", "a", "Deutsch", "de", true, new(StreamUrlKind.Http, "http://cdn.example/live/de.m3u8")), Assert.Single(master.Renditions));
        Assert.Equal("b.example", master.Variables["host"]);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("  \n\n")]
    public void Line_ends_blank_lines_spaces_and_a_byte_order_mark_do_not_matter(string end)
    {
        var text = PlaylistText.Read(new MemoryStream([0xEF, 0xBB, 0xBF, .. System.Text.Encoding.UTF8.GetBytes(string.Join(end, "#EXTM3U", "#EXT-X-TARGETDURATION:3", "# a comment", "#EXT-X-FROM-THE-FUTURE:x", "#EXTINF:3,", "a.ts", ""))]), s_url);

        Assert.Equal("http://cdn.example/live/a.ts", Assert.Single(((MediaPlaylist)PlaylistParser.Parse(text, s_url, new UrlPolicy(new IngestOptions()))).Segments).Url.Target);
    }

    [Theory]
    [InlineData("#EXTINF:NaN,", 3)]
    [InlineData("#EXTINF:Infinity,", 3)]
    [InlineData("#EXTINF:-Infinity,", 3)]
    [InlineData("#EXTINF:-5,", 3)]
    [InlineData("#EXTINF:1e3,", 3)]
    [InlineData("#EXTINF:0x10,", 3)]
    [InlineData("#EXTINF:,", 3)]
    [InlineData("#EXTINF:two,", 3)]
    [InlineData("#EXTINF:3600.5,", 3)]
    [InlineData("#EXTINF:99999999999999999999,", 3)]
    [InlineData("#EXT-X-TARGETDURATION:-1", 3)]
    [InlineData("#EXT-X-TARGETDURATION:99999999999999999999", 3)]
    [InlineData("#EXT-X-MEDIA-SEQUENCE:-3", 3)]
    [InlineData("#EXT-X-MEDIA-SEQUENCE:18446744073709551615", 3)]
    [InlineData("#EXT-X-MEDIA-SEQUENCE:9223372036854775807", 5)]
    [InlineData("#EXT-X-DISCONTINUITY-SEQUENCE:99999999999999999999999", 3)]
    [InlineData("#EXT-X-BYTERANGE:-1@0", 3)]
    [InlineData("#EXT-X-BYTERANGE:0@0", 3)]
    [InlineData("#EXT-X-BYTERANGE:x@y", 3)]
    [InlineData("#EXT-X-BYTERANGE:1@18446744073709551615", 3)]
    [InlineData("#EXT-X-BYTERANGE:2@9223372036854775807", 3)]
    [InlineData("#EXT-X-BYTERANGE:999999999999@0", 3)]
    [InlineData("#EXT-X-BYTERANGE:100", 5)]
    [InlineData("#EXT-X-KEY:METHOD=AES-128", 3)]
    [InlineData("#EXT-X-KEY:METHOD=AES-128,URI=\"k", 3)]
    [InlineData("#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x123", 3)]
    [InlineData("#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=zz", 3)]
    [InlineData("#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0xffffffffffffffffffffffffffffffffff", 3)]
    [InlineData("#EXT-X-KEY:METHOD=ROT13,URI=\"k\"", 5)]
    [InlineData("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://x\",KEYFORMAT=\"com.apple.streamingkeydelivery\"", 5)]
    [InlineData("#EXT-X-KEY:METHOD=AES-256,URI=\"k\"", 5)]
    [InlineData("#EXT-X-MAP:BYTERANGE=\"1@0\"", 3)]
    [InlineData("#EXT-X-STREAM-INF:BANDWIDTH=1", 4)]
    [InlineData("#EXT-X-DEFINE:IMPORT=\"x\"", 3)]
    [InlineData("#EXTINF:1,\nhttp://{$nowhere}/a.ts", 4)]
    [InlineData("lonely.ts", 3)]
    public void What_is_dangerous_is_refused_with_its_line(string line, int at)
    {
        var refusal = Assert.Throws<StreamException>(() => Parse($"#EXTM3U\n#EXT-X-VERSION:3\n{line}\n#EXTINF:2,\nx.ts\n#EXT-X-ENDLIST\n"));

        Assert.Equal("invalid", refusal.Reason);
        Assert.Contains($"line {at}:", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#EXT-X-PROGRAM-DATE-TIME:9999-99-99T99:99:99Z")]
    [InlineData("#EXT-X-PROGRAM-DATE-TIME:-0001-01-01T00:00:00Z")]
    [InlineData("#EXT-X-DATERANGE:ID=\"x\",DURATION=-5")]
    [InlineData("#EXT-X-DATERANGE:CLASS=\"x\"")]
    [InlineData("#EXTINF:9,")]
    public void What_can_be_passed_over_is_complained_about(string line)
    {
        var list = Media($"#EXTM3U\n#EXT-X-TARGETDURATION:3\n{line}\n#EXTINF:2,\nx.ts\n#EXT-X-ENDLIST\n");

        Assert.Single(list.Segments);
        Assert.Contains("line ", Assert.Single(list.Complaints.Distinct()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#EXT-X-PART-INF:PART-TARGET=0")]
    [InlineData("#EXT-X-SERVER-CONTROL:HOLD-BACK=-1,PART-HOLD-BACK=1e99")]
    [InlineData("#EXT-X-PART:DURATION=0.3,URI=\"part.ts\"")]
    [InlineData("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"http://127.0.0.1:9200/_cat\"")]
    [InlineData("#EXT-X-RENDITION-REPORT:URI=\"http://10.0.0.5/\"")]
    [InlineData("#EXT-X-START:TIME-OFFSET=-1e300")]
    [InlineData("#EXT-X-VERSION:999")]
    public void Tags_of_low_latency_and_of_later_versions_are_passed_over(string line) =>
        Assert.Single(Media($"#EXTM3U\n#EXT-X-TARGETDURATION:3\n{line}\n#EXTINF:2,\nx.ts\n").Segments);

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("#EXTM3U")]
    [InlineData("#EXTM3U8-LOOKALIKE\n#EXTINF:1,\na.ts")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n#EXTINF:2,\nx.ts")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1")]
    [InlineData("#EXTM3U\n#EXT-X-I-FRAMES-ONLY\n#EXT-X-TARGETDURATION:3\n#EXTINF:2,\nx.ts")]
    public void What_is_no_list_of_a_stream_is_called_invalid(string text) =>
        Assert.Equal("invalid", Assert.Throws<StreamException>(() => Parse(text)).Reason);

    [Fact]
    public void Variables_are_replaced_once_and_checked_after_that()
    {
        Assert.Equal("http://cdn.example/live/7.ts", Media("#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"token\"\n#EXTINF:2,\n{$token}.ts").Segments[0].Url.Target);
        Assert.Equal("forbidden", Assert.Throws<StreamException>(() => Parse("#EXTM3U\n#EXT-X-DEFINE:NAME=\"s\",VALUE=\"file\"\n#EXTINF:2,\n{$s}:///etc/passwd")).Reason);
        Assert.Contains("{$b}", Uri.UnescapeDataString(Media("#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"{$b}\"\n#EXT-X-DEFINE:NAME=\"b\",VALUE=\"x\"\n#EXTINF:2,\n{$a}.ts").Segments[0].Url.Target), StringComparison.Ordinal);
    }

    [Fact]
    public void One_readable_key_among_several_is_enough()
    {
        var list = Media("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"skd://x\",KEYFORMAT=\"com.example\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:2,\na.ts\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:2,\nb.ts");

        Assert.Equal("http://cdn.example/live/k", list.Segments[0].Key!.Url.Target);
        Assert.Null(list.Segments[1].Key);
    }

    [Fact]
    public void Skipped_segments_count()
    {
        Assert.Equal(14, Media("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:10\n#EXT-X-SKIP:SKIPPED-SEGMENTS=4\n#EXTINF:2,\na.ts").FirstSequence);
    }

    [Theory]
    [InlineData("segments", PlaylistLimits.Segments, "#EXTINF:2,\nx.ts\n")]
    [InlineData("keys", PlaylistLimits.Keys, "#EXT-X-KEY:METHOD=NONE\n")]
    [InlineData("discontinuities", PlaylistLimits.Discontinuities, "#EXT-X-DISCONTINUITY\n")]
    [InlineData("variants", PlaylistLimits.Variants, "#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n")]
    [InlineData("renditions", PlaylistLimits.Variants, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"n\"\n")]
    [InlineData("lines", PlaylistLimits.Lines, "\n")]
    [InlineData("variables", PlaylistLimits.Variables, null)]
    [InlineData("characters", PlaylistLimits.LineLength, "x")]
    public void A_list_beyond_its_bounds_is_refused(string what, int limit, string? piece)
    {
        var text = piece is null
            ? string.Concat(Enumerable.Range(0, limit + 1).Select(i => $"#EXT-X-DEFINE:NAME=\"n{i}\",VALUE=\"v\"\n"))
            : new System.Text.StringBuilder().Insert(0, piece, limit + 1).ToString();

        var refusal = Assert.Throws<StreamException>(() => Parse($"#EXTM3U\n#EXT-X-VERSION:3\n{text}"));

        Assert.Contains($"more than {limit} {what}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_playlist_that_never_ends_is_refused()
    {
        var refusal = Assert.Throws<StreamException>(() => PlaylistText.Read(new MemoryStream(new byte[PlaylistLimits.Bytes + 1]), s_url));

        Assert.Contains("larger than", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token", refusal.Message, StringComparison.Ordinal);
    }

    private static HlsPlaylist Parse(string text) => PlaylistParser.Parse(text, s_url, new UrlPolicy(new IngestOptions()));

    private static MediaPlaylist Media(string text) => Assert.IsType<MediaPlaylist>(Parse(text));
}
