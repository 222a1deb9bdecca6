using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

public sealed class NetworkStreamTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-net-").FullName;

    public NetworkStreamTests() => Assert.SkipWhen((NginxRtmp.WhyAbsent ?? FFmpegPublisher.WhyAbsent) is not null, NginxRtmp.WhyAbsent ?? FFmpegPublisher.WhyAbsent ?? "");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_stream_is_pulled_over_RTMP()
    {
        await using var server = await NginxRtmp.StartAsync();
        await using var publisher = server.Publish(TestStream.Make(_folder, "live.mp4", seconds: 8), "key");
        await server.RtmpReadyAsync("key");

        var read = await Recording.OfAsync(server.Rtmp("key"), enough: r => r.Frames.Count == 6);

        Assert.Equal(Enumerable.Range(0, 6), read.Frames.Take(6).Select(f => (int)f.Slot));
        var first = TestStream.NumberOf(read.Frames[0]);
        Assert.All(read.Frames, f => Assert.InRange(TestStream.NumberOf(f) - first - f.Slot * TestStream.Rate / 2, -1, 1));
        Assert.True(read.Packets.First(p => p.Track == 0).IsKey);
    }

    [Fact]
    public async Task A_stream_is_read_as_HLS()
    {
        await using var server = await NginxRtmp.StartAsync();
        await using var publisher = server.Publish(TestStream.Make(_folder, "live.mp4", seconds: 10), "key");
        await server.HlsReadyAsync("key");

        var read = await Recording.OfAsync(server.Hls("key"), enough: r => r.Frames.Count == 6);

        var first = TestStream.NumberOf(read.Frames[0]);
        Assert.All(read.Frames, f => Assert.InRange(TestStream.NumberOf(f) - first - f.Slot * TestStream.Rate / 2, -1, 1));
        Assert.Equal(["h264", "aac"], read.Announced.Select(a => a.Format.Codec));
        Assert.Empty(read.Notes);
    }

    [Fact]
    public async Task A_publisher_that_comes_back_with_another_size_starts_a_new_epoch()
    {
        await using var server = await NginxRtmp.StartAsync(keepsPlayers: true);
        var small = TestStream.Make(_folder, "small.mp4", seconds: 2, sampleRate: 0);
        var large = TestStream.Make(_folder, "large.mp4", seconds: 4, sampleRate: 0, width: 480, height: 270, firstNumber: 5000);
        await using var first = server.Publish(small, "key");
        await server.RtmpReadyAsync("key");
        var next = PublishAfterAsync();

        var read = await Recording.OfAsync(server.Rtmp("key"), enough: r => r.Announced.Count > 1 && TestStream.NumberOf(r.Frames[^1]) > 5015);

        await (await next).DisposeAsync();
        Assert.Equal((480, 270), (read.Announced[^1].Format.Width, read.Announced[^1].Format.Height));
        Assert.Contains(read.Notes, n => n.Kind == "format");
        Assert.Equal(Enumerable.Range(0, read.Frames.Count), read.Frames.Select(f => (int)f.Slot));
        Assert.All(read.Packets.Zip(read.Packets.Skip(1)), pair => Assert.True(pair.First.Dts <= pair.Second.Dts));

        async Task<ChildProcess> PublishAfterAsync()
        {
            await first.ExitAsync(TestContext.Current.CancellationToken);
            return server.Publish(large, "key");
        }
    }

    [Fact]
    public async Task A_media_file_is_read_over_HTTP_with_its_index_at_the_end()
    {
        await using var server = await NginxRtmp.StartAsync();
        var source = TestStream.Make(_folder, "source.mp4", seconds: 3);
        MediaTool.Run("ffmpeg", "-v", "error", "-i", source, "-c", "copy", Path.Combine(server.Files, "late.mp4"));

        var read = await Recording.OfAsync(server.Http("late.mp4"));

        Assert.Equal(6, read.Frames.Count);
    }

    [Fact]
    public async Task A_missing_playlist_is_refused_with_the_servers_answer()
    {
        await using var server = await NginxRtmp.StartAsync();

        var refusal = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(server.Hls("nobody")));

        Assert.Equal("refused", refusal.Reason);
        Assert.Contains("404", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_that_is_missing_is_a_note_and_the_stream_goes_on()
    {
        await using var server = await NginxRtmp.StartAsync();
        var source = TestStream.Make(_folder, "source.mp4", seconds: 4);
        MediaTool.Run("ffmpeg", "-v", "error", "-i", source, "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod", Path.Combine(server.Files, "a.m3u8"));
        File.Delete(Path.Combine(server.Files, "a1.ts"));

        var read = await Recording.OfAsync(server.Http("a.m3u8"));

        Assert.Contains(read.Notes, n => n.Kind == "segment");
        Assert.InRange(read.LongestHole.Seconds, 0.9, 1.2);
        Assert.Equal(105, TestStream.NumberOf(read.Frames[^1]));
    }

    [Fact]
    public async Task Encrypted_segments_are_read()
    {
        await using var server = await NginxRtmp.StartAsync();
        var source = TestStream.Make(_folder, "source.mp4", seconds: 3);
        await File.WriteAllBytesAsync(Path.Combine(server.Files, "key.bin"), Enumerable.Range(1, 16).Select(i => (byte)i).ToArray(), TestContext.Current.CancellationToken);
        var info = Path.Combine(_folder, "key.info");
        await File.WriteAllTextAsync(info, $"key.bin\n{Path.Combine(server.Files, "key.bin")}\n", TestContext.Current.CancellationToken);
        MediaTool.Run("ffmpeg", "-v", "error", "-i", source, "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod", "-hls_key_info_file", info, Path.Combine(server.Files, "a.m3u8"));

        var read = await Recording.OfAsync(server.Http("a.m3u8"));

        Assert.Equal([0, 15, 30, 45, 60, 75], read.Frames.Select(TestStream.NumberOf));
    }

    [Theory]
    [InlineData("rtmp://127.0.0.1:1/live/key")]
    [InlineData("http://127.0.0.1:1/live.m3u8")]
    public async Task A_host_where_nothing_listens_is_unreachable(string url)
    {
        var refusal = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(url));

        Assert.Equal("unreachable", refusal.Reason);
        Assert.Contains("127.0.0.1:1", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rtmp")]
    [InlineData("http")]
    public async Task A_server_that_never_answers_times_out(string protocol)
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();

        var end = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync($"{protocol}://{silent.LocalEndpoint}/live/key.m3u8", TestStream.Local with { OpenTimeout = TimeSpan.FromSeconds(1) }));

        Assert.Equal("timeout", end.Reason);
    }

    [Fact]
    public async Task A_stream_that_nobody_publishes_is_refused_by_the_server()
    {
        await using var server = await NginxRtmp.StartAsync();

        var refusal = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync(server.Rtmp("nobody-here")));

        Assert.Equal("refused", refusal.Reason);
        Assert.DoesNotContain("nobody-here", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_name_that_resolves_to_this_machine_is_refused_before_connecting()
    {
        var options = new IngestOptions();
        var guard = new AddressGuard(options, (_, _) => Task.FromResult<System.Net.IPAddress[]>([System.Net.IPAddress.Loopback]));
        using var resources = new ResourceReader(new UrlPolicy(options), guard);
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var url = new StreamUrl(StreamUrlKind.Http, $"http://public.example:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}/x.m3u8");

        var refusal = Assert.Throws<StreamException>(() => resources.Open(url, new Deadline(TimeProvider.System, TestContext.Current.CancellationToken)));

        Assert.Equal("forbidden", refusal.Reason);
        Assert.Contains("loopback", refusal.Message, StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }
}
