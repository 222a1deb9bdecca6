using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

public sealed class RtmpPublisherTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tempsamp-publish-");

    public RtmpPublisherTests() => MediaTool.SkipWhenAbsent();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_published_file_arrives_whole_and_once_per_loop()
    {
        var file = WriteFile(frames: 30);
        var received = Path.Combine(_folder.FullName, "received.flv");
        var url = $"rtmp://127.0.0.1:{FreePort()}/live/key";
        using var server = Process.Start("ffmpeg", ["-v", "quiet", "-listen", "1", "-i", url, "-c", "copy", received]);
        var positions = new List<MediaTime>();

        var sent = await PublishWhenListening(file, url, new RtmpPublishOptions { Speed = 20, Loops = 2 }, new Collector(positions));
        await server.WaitForExitAsync();

        var decoded = MediaTool.DecodeRgb(received);
        var numbers = Enumerable.Range(0, decoded.Length / (128 * 64 * 3)).Select(i => TestPicture.Number(decoded.AsSpan(i * 128 * 64 * 3), 128, 64));
        Assert.Equal([.. Enumerable.Range(0, 30), .. Enumerable.Range(0, 30)], numbers);
        Assert.InRange(sent.Seconds, 2.35, 2.7);
        Assert.Equal(60, positions.Count);
        Assert.Equal(positions.Order(), positions);
        Assert.InRange(positions[^1].Seconds, 2.3, 2.6);
    }

    [Fact]
    public async Task Nobody_listening_is_unreachable_and_does_not_show_the_key()
    {
        var file = WriteFile(frames: 2);

        var error = await Assert.ThrowsAsync<StreamException>(() => new RtmpPublisher(TimeProvider.System).PublishAsync(file, $"rtmp://127.0.0.1:{FreePort()}/live/secret"));

        Assert.Equal("unreachable", error.Reason);
        Assert.Contains("/live/se***: Connection refused", error.Message);
        Assert.DoesNotContain("secret", error.Message);
    }

    [Fact]
    public async Task A_host_without_an_address_is_unreachable()
    {
        var error = await Assert.ThrowsAsync<StreamException>(() => new RtmpPublisher(TimeProvider.System).PublishAsync(WriteFile(frames: 2), "rtmp://nowhere.invalid/live/key"));

        Assert.Equal("unreachable", error.Reason);
        Assert.Contains("host name", error.Message);
    }

    [Fact]
    public async Task A_server_that_hangs_up_has_refused()
    {
        var file = WriteFile(frames: 2);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var hangUp = Task.Run(async () => (await listener.AcceptTcpClientAsync()).Dispose());

        var error = await Assert.ThrowsAsync<StreamException>(
            () => new RtmpPublisher(TimeProvider.System).PublishAsync(file, $"rtmp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/live/key"));

        await hangUp;
        Assert.Equal("refused", error.Reason);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_left_when_cancelled()
    {
        var file = WriteFile(frames: 2);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var accepted = listener.AcceptTcpClientAsync();

        var publishing = new RtmpPublisher(TimeProvider.System).PublishAsync(file, $"rtmp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/live/key", cancel: stop.Token);
        using var silent = await accepted;
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
    }

    [Theory]
    [InlineData("http://127.0.0.1/live/key")]
    [InlineData("rtmp://127.0.0.1/live")]
    [InlineData("somewhere")]
    public async Task An_address_that_is_not_RTMP_is_invalid(string url)
    {
        var error = await Assert.ThrowsAsync<StreamException>(() => new RtmpPublisher(TimeProvider.System).PublishAsync(WriteFile(frames: 2), url));

        Assert.Equal("invalid", error.Reason);
    }

    [Fact]
    public async Task A_missing_file_is_invalid()
    {
        var error = await Assert.ThrowsAsync<StreamException>(() => new RtmpPublisher(TimeProvider.System).PublishAsync("missing.mp4", "rtmp://127.0.0.1/live/key"));

        Assert.Equal("invalid", error.Reason);
        Assert.Contains("missing.mp4", error.Message);
    }

    [Fact]
    public async Task Packets_wait_for_their_time_at_the_chosen_speed()
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(time, speed: 2);
        await pacer.WaitAsync(MediaTime.Zero, TestContext.Current.CancellationToken);

        var wait = pacer.WaitAsync(MediaTime.FromSeconds(3), TestContext.Current.CancellationToken).AsTask();
        time.Advance(TimeSpan.FromSeconds(1.4));
        Assert.False(wait.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await wait;

        Assert.True(pacer.WaitAsync(MediaTime.FromSeconds(2), TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    /// <summary>The server takes one connection only, so it cannot be tried beforehand: publishing itself is tried until it listens.</summary>
    private static async Task<MediaTime> PublishWhenListening(string file, string url, RtmpPublishOptions options, IProgress<MediaTime> position)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await new RtmpPublisher(TimeProvider.System).PublishAsync(file, url, options, position, TestContext.Current.CancellationToken);
            }
            catch (StreamException error) when (error.Reason == "unreachable" && TimeProvider.System.GetElapsedTime(started).TotalSeconds < 15)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }

    private string WriteFile(int frames)
    {
        var path = Path.Combine(_folder.FullName, "source.mp4");
        using var writer = VideoFileWriter.Create(path, new VideoFileOptions { Width = 128, Height = 64, Preset = "ultrafast", GopSize = 10, BFrames = 1 });
        for (var i = 0; i < frames; i++)
        {
            writer.WriteFrame(TestPicture.Rgb(128, 64, i));
        }
        writer.WriteSamples(TestPicture.Tone(440, 48_000, 2, frames / 25.0));
        writer.Finish();
        return path;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Collector(List<MediaTime> seen) : IProgress<MediaTime>
    {
        public void Report(MediaTime value) => seen.Add(value);
    }
}
