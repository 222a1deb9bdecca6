using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>
/// Hostile playlists and documents, served over HTTP as a stranger would: each ends in a clear refusal within seconds, no local byte shows, and
/// nothing but the origin itself is connected to.
/// </summary>
public sealed class HostileHlsTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);   // of ten seconds with a machine to itself: an end is what matters here

    public static TheoryData<string> Cases
    {
        get
        {
            string[] folders = ["hls_scheme", "hls_ssrf", "hls_loop", "hls_size", "hls_num", "hls_range", "hls_key", "hls_text", "mpd", "subs", "disguised"];
            return SharedData.Hostile is null ? ["none"]
                : [.. folders.SelectMany(f => Directory.GetFiles(Path.Combine(SharedData.Hostile, f))).Select(f => Path.GetRelativePath(SharedData.Hostile, f)).Order(StringComparer.Ordinal)];
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_hostile_document_ends_in_a_refusal_and_reaches_nobody(string file)
    {
        Assert.SkipWhen(SharedData.Hostile is null, SharedData.Missing("hostile"));
        await using var origin = new HlsOrigin(path => HlsOrigin.FileIn(Path.Combine(SharedData.Hostile!, Path.GetDirectoryName(file)!), path));
        var asked = new ConcurrentBag<string>();
        var began = Stopwatch.GetTimestamp();

        var refusal = await Assert.ThrowsAsync<StreamException>(() => ReadAsync($"http://origin.test:{origin.Port}/{Path.GetFileName(file)}", asked));

        Assert.True(Stopwatch.GetElapsedTime(began) < s_limit);
        Assert.DoesNotContain("root:", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
        Assert.Contains("origin.test", asked);
    }

    [Fact]
    public async Task A_redirect_to_an_internal_host_is_refused()
    {
        await using var inner = new HlsOrigin(_ => OriginAnswer.Text("secret"));
        await using var origin = new HlsOrigin(path => path == "/x.m3u8" ? new(302, [], Location: $"http://inner.test:{inner.Port}/admin") : OriginAnswer.Missing);

        var refusal = await Assert.ThrowsAsync<StreamException>(() => ReadAsync(origin.Url("x.m3u8").Replace("127.0.0.1", "origin.test", StringComparison.Ordinal), []));

        Assert.Equal(("forbidden", 0), (refusal.Reason, inner.Connections));
    }

    [Fact]
    public async Task A_redirect_to_a_file_is_refused_and_one_in_a_circle_ends()
    {
        await using var origin = new HlsOrigin(path => path == "/file" ? new(302, [], Location: "file:///etc/passwd") : new(302, [], Location: path));

        var file = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(origin.Url("file")));
        var circle = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(origin.Url("circle")));

        Assert.Equal(("forbidden", "refused"), (file.Reason, circle.Reason));
        Assert.Equal(6, origin.Asked.Count(p => p == "/circle"));
    }

    [Theory]
    [InlineData("key.m3u8", "#EXT-X-KEY:METHOD=AES-128,URI=\"http://inner.test:{0}/key\"\n#EXTINF:1,\na.ts")]
    [InlineData("map.m3u8", "#EXT-X-MAP:URI=\"http://inner.test:{0}/init\"\n#EXTINF:1,\na.m4s")]
    [InlineData("segment.m3u8", "#EXTINF:1,\nhttp://inner.test:{0}/a.ts")]
    [InlineData("defined.m3u8", "#EXT-X-DEFINE:NAME=\"h\",VALUE=\"inner.test:{0}\"\n#EXTINF:1,\nhttp://{{$h}}/a.ts")]
    public async Task Parts_of_a_stream_at_an_internal_host_are_refused(string name, string lines)
    {
        await using var inner = new HlsOrigin(_ => OriginAnswer.Text("secret"));
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, lines, inner.Port);
        await using var origin = new HlsOrigin(_ => OriginAnswer.Text($"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{text}\n#EXT-X-ENDLIST\n"));

        var refusal = await Assert.ThrowsAsync<StreamException>(() => ReadAsync($"http://origin.test:{origin.Port}/{name}", []));

        Assert.Equal(("forbidden", 0), (refusal.Reason, inner.Connections));
    }

    // The origin's name leads to loopback and is allowed; every other name and address is what the guard makes of it, and names lead to this machine, as a
    // hostile name server would answer.
    private static Task ReadAsync(string url, ConcurrentBag<string> asked)
    {
        var options = new IngestOptions { Realtime = false };
        var guard = new AddressGuard(options, (host, _) =>
        {
            asked.Add(host);
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        }, host => host == "origin.test");
        return Task.Run(() =>
        {
            using var resources = new ResourceReader(new UrlPolicy(options), guard);
            var deadline = new Deadline(TimeProvider.System, TestContext.Current.CancellationToken);
            deadline.Set(options.OpenTimeout);
            using var input = FormatInput.Open(resources.Policy.Check(url), null, resources, options, deadline);
            deadline.Set(input.Patience);
            while (input.TryRead(out _))
            {
            }

            if (!input.Tracks.Any(t => t.Kind == TrackKind.Video)) throw new StreamException("nothing in it", "no-video");
        });
    }
}
