using System.Net.Sockets;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

public sealed class RtmpListenerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-rtmp-").FullName;

    public RtmpListenerTests() => Assert.SkipWhen(FFmpegPublisher.WhyAbsent is not null, FFmpegPublisher.WhyAbsent ?? "");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_published_stream_arrives_whole()
    {
        await using var endpoint = new Endpoint();
        endpoint.Listener.Expect("secret-key");
        var reading = Recording.OfAsync("listen:secret-key", listener: endpoint.Listener);
        await using var publisher = FFmpegPublisher.Start(TestStream.Make(_folder, "live.mp4", seconds: 4), endpoint.Url("secret-key"), realtime: false);

        var read = await reading;

        Assert.Equal(0, await publisher.ExitAsync(Cancel));
        Assert.Equal(4 * TestStream.Rate, read.Packets.Count(p => p.Track == 0));
        Assert.Equal(Enumerable.Range(0, 8), read.Frames.Select(f => (int)f.Slot));
        Assert.All(read.Frames, f => Assert.InRange(TestStream.NumberOf(f) - f.Slot * TestStream.Rate / 2, -1, 0));
        Assert.Equal(["h264", "aac"], read.Announced.Select(a => a.Format.Codec));
        Assert.DoesNotContain("secret-key", endpoint.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_publishers_on_one_port_stay_apart()
    {
        await using var endpoint = new Endpoint();
        endpoint.Listener.Expect("first");
        endpoint.Listener.Expect("second");
        var first = Recording.OfAsync("listen:first", listener: endpoint.Listener);
        var second = Recording.OfAsync("listen:second", listener: endpoint.Listener);
        await using var one = FFmpegPublisher.Start(TestStream.Make(_folder, "one.mp4", seconds: 2, sampleRate: 0), endpoint.Url("first"), realtime: false);
        await using var two = FFmpegPublisher.Start(TestStream.Make(_folder, "two.mp4", seconds: 2, sampleRate: 0, firstNumber: 1000), endpoint.Url("second"), realtime: false);

        Assert.Equal(0, TestStream.NumberOf((await first).Frames[0]));
        Assert.Equal(1000, TestStream.NumberOf((await second).Frames[0]));
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_logged_without_giving_it_away()
    {
        await using var endpoint = new Endpoint();
        endpoint.Listener.Expect("right-key");
        await using var publisher = FFmpegPublisher.Start(TestStream.Make(_folder, "live.mp4", seconds: 1), endpoint.Url("wrong-key"));

        Assert.NotEqual(0, await publisher.ExitAsync(Cancel));
        await endpoint.LogsAsync("wr*** refused: no stream has this key");
        Assert.DoesNotContain("wrong-key", endpoint.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_in_use_is_refused_to_a_second_publisher()
    {
        await using var endpoint = new Endpoint();
        endpoint.Listener.Expect("taken-key");
        var file = TestStream.Make(_folder, "live.mp4", seconds: 20, sampleRate: 0);
        await using var first = FFmpegPublisher.Start(file, endpoint.Url("taken-key"));
        using var pipe = await endpoint.Listener.WaitForPublisherAsync("taken-key", Cancel);
        await using var second = FFmpegPublisher.Start(file, endpoint.Url("taken-key"));

        Assert.NotEqual(0, await second.ExitAsync(Cancel));
        await endpoint.LogsAsync("another publisher uses this key");
        Assert.False(first.HasExited);
    }

    [Fact]
    public async Task A_publisher_may_come_back_after_it_left()
    {
        await using var endpoint = new Endpoint();
        endpoint.Listener.Expect("key");
        var file = TestStream.Make(_folder, "live.mp4", seconds: 1, sampleRate: 0);
        for (var visit = 0; visit < 2; visit++)
        {
            var reading = Recording.OfAsync("listen:key", listener: endpoint.Listener);
            await using var publisher = FFmpegPublisher.Start(file, endpoint.Url("key"), realtime: false);

            Assert.Equal(TestStream.Rate, (await reading).Packets.Count);
            Assert.Equal(0, await publisher.ExitAsync(Cancel));
        }
    }

    [Fact]
    public async Task A_publisher_that_hangs_ends_the_stream_by_its_time_out()
    {
        await using var endpoint = new Endpoint();
        endpoint.Listener.Expect("key");
        await using var publisher = FFmpegPublisher.Start(TestStream.Make(_folder, "live.mp4", seconds: 20, sampleRate: 0), endpoint.Url("key"));
        var frozen = false;

        var end = await Assert.ThrowsAsync<StreamException>(() => Recording.OfAsync("listen:key", TestStream.Local with { ReadTimeout = TimeSpan.FromSeconds(1) }, endpoint.Listener, read =>
        {
            if (!frozen) publisher.Freeze();
            frozen = true;
            return false;
        }));

        Assert.Equal("silent", end.Reason);
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_closed()
    {
        await using var endpoint = new Endpoint(new RtmpOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        endpoint.Listener.Expect("key");
        using var client = new TcpClient();
        await client.ConnectAsync(endpoint.Listener.Endpoint!, Cancel);

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Cancel));
        await endpoint.LogsAsync("did not publish within");
    }

    [Fact]
    public async Task A_client_that_speaks_something_else_is_closed_and_the_port_stays_open()
    {
        await using var endpoint = new Endpoint();
        endpoint.Listener.Expect("key");
        for (var visit = 0; visit < 2; visit++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(endpoint.Listener.Endpoint!, Cancel);
            await client.GetStream().WriteAsync(new byte[1537], Cancel);

            Assert.Equal(0, await client.GetStream().ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, Cancel));
        }

        await endpoint.LogsAsync("speaks RTMP version 0");
    }

    [Fact]
    public async Task Stopping_the_endpoint_ends_its_streams()
    {
        await using var endpoint = new Endpoint();
        endpoint.Listener.Expect("key");
        var reading = Recording.OfAsync("listen:key", listener: endpoint.Listener, enough: read =>
        {
            if (read.Frames.Count == 1) _ = endpoint.Listener.StopAsync(Cancel);
            return false;
        });
        await using var publisher = FFmpegPublisher.Start(TestStream.Make(_folder, "live.mp4", seconds: 20, sampleRate: 0), endpoint.Url("key"));

        Assert.Equal("dropped", (await Assert.ThrowsAsync<StreamException>(() => reading)).Reason);
    }
}
