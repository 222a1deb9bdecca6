using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>The broadcast comes in over real servers, clips and events come out. The model is replaced by one that knows the truth, so that every number is exact.</summary>
public class LiveStreamTests(TestBroadcast broadcast)
{
    private static readonly Dictionary<string, IReadOnlyList<TimeRange>> Truths = new()
    {
        ["first"] = [TimeRange.FromSeconds(3, 6)],
        ["second"] = [TimeRange.FromSeconds(8.5, 11)],
    };

    [Fact]
    public async Task A_broadcast_published_to_the_own_endpoint_becomes_checked_clips_and_events()
    {
        await using var daemon = await LiveDaemon.StartAsync(Truths, LiveDaemon.Stream("match", "listen:key", "first", "second", "absent"));

        await daemon.PublishAsync(broadcast.File, "key", speed: 4);
        await daemon.WaitForAsync("stream.offline", 1);

        var ready = daemon.Events.Where(e => LiveDaemon.Is(e, "clip.ready")).Select(e => e.GetProperty("data")).ToList();
        Assert.Equal(["first", "second"], ready.Select(data => data.GetProperty("query").GetProperty("id").GetString()).Order());
        foreach (var data in ready)
        {
            var moment = data.GetProperty("time").GetProperty("moment");
            var truth = Truths[data.GetProperty("query").GetProperty("id").GetString()!].Single();
            Assert.Equal((truth.Start.Milliseconds, truth.End.Milliseconds), (moment.GetProperty("startMs").GetInt64(), moment.GetProperty("endMs").GetInt64()));
        }
        await Deliverables.CheckAsync(daemon.Events);
    }

    [Fact]
    public async Task The_same_broadcast_is_clipped_from_nginx_over_RTMP_and_over_HLS()
    {
        Assert.SkipWhen(NginxRtmp.WhyAbsent is not null, NginxRtmp.WhyAbsent ?? "");
        await using var nginx = await NginxRtmp.StartAsync();
        await using var publisher = nginx.Publish(broadcast.File, "match");
        await nginx.HlsReadyAsync("match");
        await using var daemon = await LiveDaemon.StartAsync(Truths,
            [.. LiveDaemon.Stream("rtmp", nginx.Rtmp("match"), "first", "second"), .. LiveDaemon.Stream("hls", nginx.Hls("match"), "first", "second")]);

        await daemon.WaitForAsync("stream.offline", 1, "rtmp");
        await daemon.WaitForAsync("clip.ready", 2, "hls");      // nginx leaves its list as it is: it never says that the stream is over

        foreach (var stream in new[] { "rtmp", "hls" })
            Assert.Equal(["first", "second"], daemon.Events
                .Where(e => LiveDaemon.Is(e, "clip.ready") && LiveDaemon.StreamOf(e) == stream)
                .Select(e => e.GetProperty("data").GetProperty("query").GetProperty("id").GetString()).Order());
        await Deliverables.CheckAsync(daemon.Events);
    }

    [Fact]
    public async Task A_stop_in_the_middle_finishes_the_clips_that_were_detected()
    {
        await using var daemon = await LiveDaemon.StartAsync(Truths, LiveDaemon.Stream("match", "listen:key", "first", "second"));
        var publishing = daemon.PublishAsync(broadcast.File, "key", speed: 4);
        await daemon.WaitForAsync("clip.detected", 1);

        Assert.Null(await daemon.StopAsync());

        await Assert.ThrowsAsync<StreamException>(() => publishing);
        var detected = daemon.Events.Where(e => LiveDaemon.Is(e, "clip.detected")).Select(e => e.GetProperty("subject").GetString()).Order();
        var ready = daemon.Events.Where(e => LiveDaemon.Is(e, "clip.ready")).Select(e => e.GetProperty("subject").GetString()).Order();
        Assert.Equal(detected, ready);
        Assert.True(LiveDaemon.Is(daemon.Events[^1], "stream.offline"));
        await Deliverables.CheckAsync(daemon.Events);
    }

    [Fact]
    public async Task Streams_that_cannot_be_read_do_not_touch_the_others()
    {
        await using var daemon = await LiveDaemon.StartAsync(Truths,
        [
            .. LiveDaemon.Stream("good", "listen:key", "first"),
            .. LiveDaemon.Stream("unreachable", $"rtmp://127.0.0.1:{FreePort.Next()}/live/x", "first"),
            .. LiveDaemon.Stream("forbidden", "gopher://127.0.0.1/x", "first"),
            .. LiveDaemon.Stream("missing", "/nowhere/video.mp4", "first"),
        ]);

        await daemon.PublishAsync(broadcast.File, "key", speed: 4);
        await daemon.WaitForAsync("stream.offline", 1, "good");

        Assert.Single(daemon.Events, e => LiveDaemon.Is(e, "clip.ready"));
        await Deliverables.CheckAsync(daemon.Events);
    }

    [Fact]
    public async Task A_publisher_with_a_wrong_key_is_refused_and_the_right_one_is_taken()
    {
        await using var daemon = await LiveDaemon.StartAsync(Truths, LiveDaemon.Stream("match", "listen:key", "first"));
        daemon.Listen("key");

        var refused = await Assert.ThrowsAsync<StreamException>(() => daemon.SendAsync(broadcast.File, "wrong", speed: 4));
        await daemon.SendAsync(broadcast.File, "key", speed: 4);
        await daemon.WaitForAsync("stream.offline", 1);

        Assert.Equal("refused", refused.Reason);
        Assert.Single(daemon.Events, e => LiveDaemon.Is(e, "clip.ready"));
    }

    [Fact]
    public async Task A_full_disk_fails_its_clips_by_name_and_the_stream_goes_on()
    {
        await using var disk = await SmallDisk.MountAsync();
        Assert.SkipWhen(disk is null, "a small file system cannot be mounted here: it takes root");
        await using (var daemon = await LiveDaemon.StartAsync(disk.Folder, Truths, LiveDaemon.Stream("match", "listen:key", "first", "second")))
        {
            disk.Fill(leave: 48 * 1024);
            await daemon.PublishAsync(broadcast.File, "key", speed: 4);
            await daemon.WaitForAsync("stream.offline", 1);
            Assert.Equal(["disk-full", "disk-full"], daemon.Events.Where(e => LiveDaemon.Is(e, "clip.failed")).Select(e => e.GetProperty("data").GetProperty("failure").GetProperty("reason").GetString()));

            disk.Empty();
            await daemon.PublishAsync(broadcast.File, "key", speed: 4);
            await daemon.WaitForAsync("stream.offline", 2);
            Assert.Equal(2, daemon.Events.Count(e => LiveDaemon.Is(e, "clip.ready")));
            await Deliverables.CheckAsync(daemon.Events);
        }
    }
}
