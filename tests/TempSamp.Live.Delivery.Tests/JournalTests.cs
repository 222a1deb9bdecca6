using System.Text.Json;
using CloudNative.CloudEvents;
using TempSamp.Live.Contracts;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

[Collection("one at a time: both lock /dev/full")]
public sealed class JournalTests : IDisposable
{
    private readonly DeliveryFixture _delivery = new();

    public void Dispose() => _delivery.Dispose();

    [Fact]
    public async Task Each_line_is_a_valid_cloud_event_with_the_attributes_that_consumers_need()
    {
        await TellAsync(_delivery.Online(), _delivery.Detected(), _delivery.Failed(), _delivery.Offline());
        var lines = _delivery.Lines();
        Assert.Equal([EventTypes.StreamOnline, EventTypes.ClipDetected, EventTypes.ClipFailed, EventTypes.StreamOffline], lines.Select(line => line.Type));
        Assert.Equal(["match-s1:online", "c1:1", "c1:2", "match-s1:offline"], lines.Select(line => line.Id));
        Assert.Equal(["match-s1", "c1", "c1", "match-s1"], lines.Select(line => line.Subject));
        var first = _delivery.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal(Enumerable.Range(0, 4).Select(n => (first + n).ToString("D20")), lines.Select(line => line["sequence"]));
        Assert.All(lines, line =>
        {
            Assert.Equal("/streams/match", line.Source!.ToString());
            Assert.Equal("match", line["partitionkey"]);
            Assert.Equal("application/json", line.DataContentType);
            Assert.Equal(_delivery.Time.GetUtcNow(), line.Time);
            Assert.Equal(CloudEventsSpecVersion.V1_0, line.SpecVersion);
        });
    }

    [Fact]
    public async Task The_payload_tells_everything_about_the_clip()
    {
        await TellAsync(_delivery.Detected());
        var clip = ((JsonElement)Assert.Single(_delivery.Lines()).Data!).Deserialize(ContractsJson.Default.ClipDetected)!;
        Assert.Equal(("c1", 1, "detected"), (clip.ClipId, clip.Revision, clip.State));
        Assert.Equal(new QueryReference("goal", "进球 <&>"), clip.Query);
        Assert.Equal(new MillisecondRange(12_000, 16_000), clip.Time.Moment);
        Assert.Equal(new MillisecondRange(11_500, 16_500), clip.Time.Requested);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 12, 0, 11, 500, TimeSpan.Zero), clip.Time.StartUtc);
        Assert.Equal((11_500L * 90, 90_000), (clip.Time.StartPts, clip.Time.Timescale));
        Assert.Equal((0.9, 0.6, 0.8), (clip.Decision.Score, clip.Decision.Threshold, clip.Decision.Confidence));
        Assert.Equal(new Latency(4100, null), clip.Decision.LatencyMs);
        Assert.Equal([new(0, 20_000, 0.9, 0.8, new(12_000, 16_000), "<answer>12 to 16</answer>"), new(4000, 24_000, 0.7, 0.1, null, "?")], clip.Decision.Windows);
        Assert.Contains("进球", File.ReadAllText(_delivery.JournalPath));   // readable, not escaped
    }

    [Fact]
    public async Task Sequences_count_by_stream_and_go_on_after_a_restart()
    {
        await TellAsync(_delivery.Online("a"), _delivery.Online("b"), _delivery.Offline("a"), _delivery.Offline("b"));
        await TellAsync(_delivery.Online("a", 2), _delivery.Offline("a", 2));
        var first = _delivery.Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (stream, count) in new[] { ("a", 4), ("b", 2) })
            Assert.Equal(Enumerable.Range(0, count).Select(n => first + n), _delivery.Lines().Where(line => (string)line["partitionkey"]! == stream).Select(line => long.Parse((string)line["sequence"]!)));
    }

    [Fact]
    public async Task A_session_leaves_behind_the_numbers_that_another_worker_may_have_counted()
    {
        await TellAsync(_delivery.Online(), _delivery.Offline());
        _delivery.Time.Advance(TimeSpan.FromHours(1));
        await TellAsync(_delivery.Online(session: 2));
        Assert.Equal(_delivery.Time.GetUtcNow().ToUnixTimeMilliseconds(), long.Parse((string)_delivery.Lines()[2]["sequence"]!));
    }

    [Theory]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"torn")]
    [InlineData("{}")]
    public async Task A_line_torn_by_a_crash_is_cut_off(string torn)
    {
        await TellAsync(_delivery.Detected(), _delivery.Failed());
        File.AppendAllText(_delivery.JournalPath, torn);
        await TellAsync(_delivery.Online(), _delivery.Offline());
        Assert.Equal(["c1:1", "c1:2", "match-s1:online", "match-s1:offline"], _delivery.Lines().Select(line => line.Id));
    }

    [Fact]
    public async Task A_line_that_was_written_and_not_confirmed_is_not_written_twice()
    {
        await using (var running = await _delivery.StartAsync())
        {
            await running.Events.PublishAsync(_delivery.Online(), default);
            await running.Events.PublishAsync(_delivery.Offline(), default);
            await running.Pumps.DrainAsync(default);
            await running.State.WriteAsync(db => db.Execute("INSERT INTO outbox (channel, stream, seq) SELECT 'journal', stream, seq FROM events"));   // as if the crash came before the confirmation
        }
        await using (await _delivery.StartAsync()) { }
        Assert.Equal(["match-s1:online", "match-s1:offline"], _delivery.Lines().Select(line => line.Id));
    }

    [Fact]
    public async Task What_an_older_program_announced_without_a_state_is_concluded()
    {
        await TellAsync(_delivery.Online(), _delivery.Detected("stored"), _delivery.Detected("half"), _delivery.Detected("never"));
        foreach (var file in Directory.GetFiles(_delivery.Root, "state.db*")) File.Delete(file);
        var announced = File.ReadLines(_delivery.JournalPath).Take(4).ToList();
        File.WriteAllLines(_delivery.JournalPath, announced);
        await StoreAsOlderProgramAsync("stored", hasSidecar: true);
        await StoreAsOlderProgramAsync("half", hasSidecar: false);

        await TellAsync();
        await TellAsync();

        var lines = _delivery.Lines();
        Assert.Equal(["stored:2", "half:2", "never:2", "match-s1:offline"], lines.Skip(4).Select(line => line.Id));
        Assert.Equal([EventTypes.ClipReady, EventTypes.ClipFailed, EventTypes.ClipFailed, EventTypes.StreamOffline], lines.Skip(4).Select(line => line.Type));
        Assert.Equal("restart", ((JsonElement)lines[5].Data!).GetProperty("failure").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Streams_that_publish_at_once_do_not_mix_lines()
    {
        await using (var running = await _delivery.StartAsync())
            await Task.WhenAll(Enumerable.Range(0, 8).Select(stream => Task.Run(async () =>
            {
                for (var session = 0; session < 10; session++) await running.Events.PublishAsync(_delivery.Online($"s{stream}", session), default);
            })));
        foreach (var stream in _delivery.Lines().GroupBy(line => (string)line["partitionkey"]!))
            Assert.Equal(Enumerable.Range(0, 10).Select(session => $"{stream.Key}-s{session}:online"), stream.Select(line => line.Id).Take(10));
    }

    [Fact]
    public async Task A_full_disk_keeps_the_event_in_the_outbox_and_says_how_to_help()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("this system has no /dev/full to stand in for a full disk");
        File.CreateSymbolicLink(_delivery.JournalPath, "/dev/full");
        await using (var running = await _delivery.StartAsync())
        {
            await running.Events.PublishAsync(_delivery.Online(), default);
            await Testing.Until.TrueAsync("the journal's trouble", TimeSpan.FromMinutes(1), () => Task.FromResult(running.Pumps.All[0].Trouble is not null));
            Assert.Contains("free some space", running.Pumps.All[0].Trouble);
            await running.CrashAsync();
        }
        File.Delete(_delivery.JournalPath);
        _delivery.Time.Advance(TimeSpan.FromMinutes(1));
        await TellAsync();
        Assert.Equal("online offline", _delivery.Story);
    }

    [Fact]
    public async Task Foreign_lines_are_left_alone()
    {
        File.WriteAllText(_delivery.JournalPath, "not json\n{\"source\":5}\n");
        await TellAsync(_delivery.Online());
        Assert.StartsWith("not json\n{\"source\":5}\n{\"specversion\"", File.ReadAllText(_delivery.JournalPath));
    }

    /// <summary>Starts delivery, tells it what happened, and stops it.</summary>
    private async Task TellAsync(params SessionEvent[] happened)
    {
        await using var running = await _delivery.StartAsync();
        foreach (var one in happened) await running.Events.PublishAsync(one, default);
    }

    private async Task StoreAsOlderProgramAsync(string clip, bool hasSidecar)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_delivery.Root, "clips", "match")).FullName;
        var (video, plan) = (Path.Combine(folder, clip + ".mp4"), DeliveryFixture.Plan(clip));
        File.WriteAllText(video, "moving pictures");
        var (bytes, sha256, _) = await FileDigest.OfAsync(video, default);
        var stored = new StoredClip(plan, new(video, null, plan.Range, plan.Range, "copy", [DeliveryFixture.Video]), new Uri(video).AbsoluteUri, bytes, sha256, null);
        if (hasSidecar) File.WriteAllBytes(Path.ChangeExtension(video, ".json"), ClipSidecar.Write(EventPayloads.Of(stored, null)));
    }
}
