using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.EndToEnd.Tests;

/// <summary>What operations see of a clip: one trace from its last frame to the broker, and numbers under the names that dashboards know.</summary>
public sealed class TelemetryTests(TestBroadcast broadcast)
{
    private static readonly string[] s_names =
    [
        "highlight_out_point_to_ready_seconds_bucket", "highlight_windows_total", "highlight_ring_seconds", "highlight_ring_bytes", "highlight_gap_seconds_total", "highlight_outbox_depth", "highlight_outbox_age_seconds",
        "highlight_channel_up", "highlight_store_up", "highlight_state_up", "highlight_clips_waiting", "highlight_spool_bytes", "highlight_clips_total", "highlight_frames_total", "highlight_frames_dropped_total",
        "highlight_stream_online", "highlight_sessions_total", "highlight_configuration_version",
    ];

    [Fact]
    public async Task A_clip_is_one_trace_from_its_last_frame_to_the_journal_and_its_numbers_have_their_names()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LiveTelemetry.Name, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        var truths = new Dictionary<string, IReadOnlyList<TimeRange>> { ["goal"] = [TimeRange.FromSeconds(4, 7)] };
        await using var daemon = await LiveDaemon.StartAsync(truths, [.. LiveDaemon.Stream("traced", "listen:traced", "goal"), ("Api:Enabled", "true"), ("Api:Port", port)]);
        await daemon.PublishAsync(broadcast.File, "traced", speed: 4);
        await daemon.WaitForAsync("clip.ready", 1);
        using var http = new HttpClient();
        var page = "";
        await Until.TrueAsync("every name on the page of metrics", TimeSpan.FromSeconds(60), async () =>
        {
            page = await http.GetStringAsync($"http://127.0.0.1:{port}/metrics", TestContext.Current.CancellationToken);
            return s_names.All(name => page.Contains(name, StringComparison.Ordinal));
        }, () => string.Join(", ", s_names.Where(name => !page.Contains(name, StringComparison.Ordinal))) + "\n" + page);
        await daemon.StopAsync();

        var clip = daemon.Events.Single(e => LiveDaemon.Is(e, "clip.ready")).GetProperty("subject").GetString();
        var mine = spans.Where(span => Equals(span.GetTagItem("clip"), clip)).ToList();
        Assert.Equal(["clip.cut", "clip.decide", "clip.publish", "clip.store", "clip.verify"], mine.Select(span => span.OperationName).Distinct().Order());
        var trace = Assert.Single(mine.Select(span => span.TraceId.ToHexString()).Distinct());
        Assert.All(daemon.Events.Where(e => e.GetProperty("subject").GetString() == clip), e => Assert.Equal(trace, e.GetProperty("traceparent").GetString()!.Split('-')[1]));
        var decided = mine.Single(span => span.OperationName == "clip.decide");
        Assert.True(decided.ParentSpanId == default && decided.Duration > TimeSpan.Zero);
    }
}
