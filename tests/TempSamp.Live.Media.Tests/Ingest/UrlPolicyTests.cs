using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

public sealed class UrlPolicyTests
{
    private static readonly UrlPolicy s_policy = new(new IngestOptions());
    private static readonly StreamUrl s_network = new(StreamUrlKind.Http, "https://cdn.example/live/index.m3u8");
    private static readonly StreamUrl s_local = new(StreamUrlKind.File, "/srv/media/index.m3u8");

    [Theory]
    [InlineData("rtmp://host/live/key", StreamUrlKind.Rtmp, "rtmp://host/live/key")]
    [InlineData("RTMPS://host/live/key", StreamUrlKind.Rtmp, "rtmps://host/live/key")]
    [InlineData("https://host/a/b.m3u8?t=1", StreamUrlKind.Http, "https://host/a/b.m3u8?t=1")]
    [InlineData("/srv/a.mp4", StreamUrlKind.File, "/srv/a.mp4")]
    [InlineData("/srv/a,b:c.mp4", StreamUrlKind.File, "/srv/a,b:c.mp4")]
    [InlineData("/srv/../srv/a.mp4", StreamUrlKind.File, "/srv/a.mp4")]
    [InlineData("file:///srv/a%20b.mp4", StreamUrlKind.File, "/srv/a b.mp4")]
    [InlineData("listen:my-key_1", StreamUrlKind.Listen, "my-key_1")]
    public void Streams_may_have_these_addresses(string url, StreamUrlKind kind, string target) =>
        Assert.Equal(new StreamUrl(kind, target), s_policy.Check(url));

    [Theory]
    [InlineData("concat:a.ts|b.ts")]
    [InlineData("data:video/mp2t;base64,AAAA")]
    [InlineData("subfile,,start,0,end,10,,:/etc/passwd")]
    [InlineData("crypto+http://host/a.ts")]
    [InlineData("async:file:///etc/passwd")]
    [InlineData("pipe:0")]
    [InlineData("fd:0")]
    [InlineData("tcp://host:80")]
    [InlineData("udp://host:80")]
    [InlineData("gopher://host/")]
    [InlineData("ftp://host/a.mp4")]
    [InlineData("unix:/run/docker.sock")]
    [InlineData("tee:/tmp/x")]
    [InlineData("javascript:alert(1)")]
    [InlineData("file://server/share/a.mp4")]
    [InlineData("http:///nohost")]
    [InlineData("listen:")]
    [InlineData("listen:a/../b")]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("rtmp://host/live\r\nkey")]
    public void Streams_may_not_have_these_addresses(string url)
    {
        var refusal = Assert.Throws<StreamException>(() => s_policy.Check(url));

        Assert.Equal("forbidden", refusal.Reason);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void A_refusal_names_the_address_the_reason_and_the_fix()
    {
        var refusal = Assert.Throws<StreamException>(() => s_policy.Check("gopher://host/x"));

        Assert.Equal(
            "Stream URL 'gopher://host/x' is refused: protocol 'gopher' is not allowed. " +
            "Use rtmp://..., rtmps://..., srt://..., http://..., https://..., a file path, listen:KEY; Ingest:AllowedProtocols sets the list.", refusal.Message);
    }

    [Fact]
    public void Configuration_can_allow_fewer_protocols()
    {
        var policy = new UrlPolicy(new IngestOptions { AllowedProtocols = ["rtmp"] });

        policy.Check("rtmp://host/live/key");
        Assert.Throws<StreamException>(() => policy.Check("/srv/a.mp4"));
        Assert.Throws<StreamException>(() => policy.Check("http://host/a.m3u8"));
        Assert.Throws<StreamException>(() => policy.CheckNested("http://host/a.ts", s_network));
    }

    [Theory]
    [InlineData("a.ts", "https://cdn.example/live/a.ts")]
    [InlineData("/b/a.ts", "https://cdn.example/b/a.ts")]
    [InlineData("//other.example/a.ts", "https://other.example/a.ts")]
    [InlineData("http://other.example/a.ts", "http://other.example/a.ts")]
    public void A_network_playlist_may_name_network_addresses(string reference, string target) =>
        Assert.Equal(new StreamUrl(StreamUrlKind.Http, target), s_policy.CheckNested(reference, s_network));

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("file:a.ts")]
    [InlineData("concat:a|b")]
    [InlineData("data:text/plain,hello")]
    [InlineData("subfile,,start,0,end,9,,:/etc/passwd")]
    [InlineData("rtmp://host/live/key")]
    [InlineData("crypto:file:///etc/passwd")]
    [InlineData("listen:key")]
    public void A_network_playlist_may_not_name_anything_else(string reference)
    {
        var refusal = Assert.Throws<StreamException>(() => s_policy.CheckNested(reference, s_network));

        Assert.Equal("forbidden", refusal.Reason);
        Assert.Contains("https://cdn.example/live/index.m3u8", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.ts", "/srv/media/a.ts")]
    [InlineData("sub/a.ts", "/srv/media/sub/a.ts")]
    [InlineData("file:///srv/media/a.ts", "/srv/media/a.ts")]
    public void A_local_playlist_may_name_files_of_its_own_folder(string reference, string target) =>
        Assert.Equal(new StreamUrl(StreamUrlKind.File, target), s_policy.CheckNested(reference, s_local));

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../secret.ts")]
    [InlineData("..%2fsecret.ts")]
    [InlineData("a%00.ts")]
    [InlineData("sub/../../secret.ts")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/srv/media2/a.ts")]
    public void A_local_playlist_may_not_leave_its_folder(string reference) =>
        Assert.Equal("forbidden", Assert.Throws<StreamException>(() => s_policy.CheckNested(reference, s_local)).Reason);

    [Theory]
    [InlineData("rtmp://user:password@host/live/secret-key?token=1", "rtmp://host/live/se***")]
    [InlineData("https://user:password@host/a.m3u8?token=secret", "https://host/a.m3u8")]
    [InlineData("listen:secret-key", "listen:se***")]
    [InlineData("listen:short", "listen:***")]
    public void Messages_show_addresses_without_secrets(string url, string shown) => Assert.Equal(shown, s_policy.Check(url).ToString());
}
