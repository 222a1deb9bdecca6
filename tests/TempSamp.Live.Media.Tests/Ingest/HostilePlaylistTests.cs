using System.Net;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

public sealed class HostilePlaylistTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-hostile-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Schemes => Files("hls_scheme");

    public static TheoryData<string> Hosts => Files("hls_ssrf");

    public static TheoryData<string> Disguised => Files("disguised");

    [Theory]
    [InlineData("#EXTINF:2,\nfile:///etc/passwd")]
    [InlineData("#EXTINF:2,\n/etc/passwd")]
    [InlineData("#EXTINF:2,\ndata:video/mp2t;base64,AAAA")]
    [InlineData("#EXT-X-KEY:METHOD=AES-128,URI=\"file:///etc/passwd\"\n#EXTINF:2,\na.ts")]
    [InlineData("#EXT-X-MAP:URI=\"/etc/passwd\"\n#EXTINF:2,\na.m4s")]
    [InlineData("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",URI=\"concat:a|b\"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\"\nv.m3u8")]
    public async Task A_playlist_that_names_a_local_file_or_a_forbidden_protocol_is_refused(string lines)
    {
        var path = Path.Combine(_folder, "index.m3u8");
        await File.WriteAllTextAsync(path, $"#EXTM3U\n#EXT-X-TARGETDURATION:2\n{lines}\n#EXT-X-ENDLIST\n", TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(path));

        Assert.Equal("forbidden", refusal.Reason);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void A_playlist_that_names_odd_protocols_gives_no_stream(string file) => AssertNoStream("hls_scheme", file);

    [Theory]
    [MemberData(nameof(Hosts))]
    public void A_playlist_that_names_internal_hosts_gives_no_stream(string file) => AssertNoStream("hls_ssrf", file);

    [Theory]
    [MemberData(nameof(Disguised))]
    public void A_document_that_is_named_like_a_video_gives_no_stream(string file) => AssertNoStream("disguised", file);

    // Every name leads to this machine, as a hostile name server would answer: whatever is connected to has passed the guard.
    private static void AssertNoStream(string folder, string file)
    {
        Assert.SkipWhen(SharedData.Hostile is null, SharedData.Missing("hostile"));
        var options = new IngestOptions { OpenTimeout = TimeSpan.FromSeconds(2), ReadTimeout = TimeSpan.FromSeconds(2) };
        var guard = new AddressGuard(options, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        using var resources = new ResourceReader(new UrlPolicy(options), guard);
        var deadline = new Deadline(TimeProvider.System, TestContext.Current.CancellationToken);
        deadline.Set(options.OpenTimeout);

        var refusal = Assert.Throws<StreamException>(() =>
        {
            using var input = FormatInput.Open(new StreamUrl(StreamUrlKind.File, Path.Combine(SharedData.Hostile!, folder, file)), null, resources, options, deadline);
            if (!input.TryRead(out _)) throw new StreamException("nothing in it", "no-video");
        });

        Assert.DoesNotContain("root:", refusal.Message, StringComparison.Ordinal);
    }

    private static TheoryData<string> Files(string folder) =>
        SharedData.Hostile is null ? ["none"] : [.. Directory.GetFiles(Path.Combine(SharedData.Hostile, folder)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
}
