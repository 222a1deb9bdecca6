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
        using (var journal = _delivery.Journal())
        {
            await journal.PublishAsync(_delivery.Online(), default);
            await journal.PublishAsync(_delivery.Detected(), default);
            await journal.PublishAsync(_delivery.Failed(), default);
            await journal.PublishAsync(_delivery.Offline(), default);
        }
        var lines = _delivery.Lines();
        Assert.Equal([EventTypes.StreamOnline, EventTypes.ClipDetected, EventTypes.ClipFailed, EventTypes.StreamOffline], lines.Select(line => line.Type));
        Assert.Equal(["match-s1:online", "c1:1", "c1:2", "match-s1:offline"], lines.Select(line => line.Id));
        Assert.Equal(["match-s1", "c1", "c1", "match-s1"], lines.Select(line => line.Subject));
        Assert.Equal(Enumerable.Range(1, 4).Select(n => n.ToString("D20")), lines.Select(line => line["sequence"]));
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
        using (var journal = _delivery.Journal()) await journal.PublishAsync(_delivery.Detected(), default);
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
    public async Task Sequences_are_counted_by_stream_and_go_on_after_a_restart()
    {
        using (var journal = _delivery.Journal())
        {
            foreach (var stream in new[] { "a", "b", "a" }) await journal.PublishAsync(_delivery.Online(stream), default);
            foreach (var stream in new[] { "a", "b" }) await journal.PublishAsync(_delivery.Offline(stream), default);
        }
        using (var journal = _delivery.Journal()) await journal.PublishAsync(_delivery.Online("a"), default);
        Assert.Equal([1, 1, 2, 3, 2, 4], _delivery.Lines().Select(line => int.Parse((string)line["sequence"]!)));
    }

    [Theory]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"torn")]
    [InlineData("{}")]
    public async Task A_line_torn_by_a_crash_is_cut_off(string torn)
    {
        using (var journal = _delivery.Journal())
        {
            await journal.PublishAsync(_delivery.Detected(), default);
            await journal.PublishAsync(_delivery.Failed(), default);
        }
        File.AppendAllText(_delivery.JournalPath, torn);
        using (var journal = _delivery.Journal()) await journal.PublishAsync(_delivery.Online(), default);
        Assert.Equal(["c1:1", "c1:2", "match-s1:online"], _delivery.Lines().Select(line => line.Id));
        Assert.Equal(3, int.Parse((string)_delivery.Lines()[2]["sequence"]!));
    }

    [Fact]
    public async Task A_line_cut_off_anywhere_never_costs_the_lines_before_it()
    {
        using (var journal = _delivery.Journal())
        {
            await journal.PublishAsync(_delivery.Online(), default);
            await journal.PublishAsync(_delivery.Offline(), default);
        }
        var whole = File.ReadAllBytes(_delivery.JournalPath);
        var first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var length = first; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(_delivery.JournalPath, whole[..length]);
            using (_delivery.Journal()) { }
            Assert.Equal(["match-s1:online", "match-s1:offline"], _delivery.Lines().Select(line => line.Id));   // the second is concluded anew
        }
    }

    [Fact]
    public async Task What_an_interrupted_run_announced_is_concluded_at_the_next_start()
    {
        var stored = DeliveryFixture.Plan("stored");
        var half = DeliveryFixture.Plan("half");
        using (var journal = _delivery.Journal())
        using (var store = _delivery.Store())
        {
            await journal.PublishAsync(_delivery.Online(), default);
            foreach (var clip in new[] { "stored", "half", "never" }) await journal.PublishAsync(_delivery.Detected(clip), default);
            await store.StoreAsync(stored, DeliveryFixture.Cut(store, stored), default);
            var unfinished = await store.StoreAsync(half, DeliveryFixture.Cut(store, half), default);
            File.Delete(Path.ChangeExtension(unfinished.File.Path, ".json"));
        }
        using (_delivery.Journal()) { }
        using (_delivery.Journal()) { }
        var lines = _delivery.Lines();
        Assert.Equal(["stored:2", "half:2", "never:2", "match-s1:offline"], lines.Skip(4).Select(line => line.Id));
        Assert.Equal([EventTypes.ClipReady, EventTypes.ClipFailed, EventTypes.ClipFailed, EventTypes.StreamOffline], lines.Skip(4).Select(line => line.Type));
        Assert.Equal("interrupted", ((JsonElement)lines[5].Data!).GetProperty("failure").GetProperty("reason").GetString());
        Assert.Equal(["stored.jpg", "stored.json", "stored.mp4"], Directory.GetFiles(Path.Combine(_delivery.Root, "clips", "match")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Streams_that_publish_at_once_do_not_mix_lines()
    {
        using (var journal = _delivery.Journal())
            await Task.WhenAll(Enumerable.Range(0, 8).Select(stream => Task.Run(async () =>
            {
                for (var i = 0; i < 10; i++) await journal.PublishAsync(_delivery.Online($"s{stream}"), default);
            })));
        foreach (var stream in _delivery.Lines().GroupBy(line => (string)line["partitionkey"]!))
            Assert.Equal(Enumerable.Range(1, 10), stream.Select(line => int.Parse((string)line["sequence"]!)));
    }

    [Fact]
    public void A_second_daemon_in_the_same_folder_is_refused()
    {
        using var journal = _delivery.Journal();
        var refused = Assert.Throws<IOException>(_delivery.Journal);
        Assert.Contains("Stop the other daemon", refused.Message);
        using var store = _delivery.Store();
        Assert.Contains("Stop the other daemon", Assert.Throws<IOException>(_delivery.Store).Message);
    }

    [Fact]
    public async Task A_full_disk_is_an_error_with_its_fix()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("this system has no /dev/full to stand in for a full disk");
        File.CreateSymbolicLink(_delivery.JournalPath, "/dev/full");
        using var journal = _delivery.Journal();
        var refused = await Assert.ThrowsAsync<IOException>(() => journal.PublishAsync(_delivery.Online(), default));
        Assert.Contains("free some space", refused.Message);
    }

    [Fact]
    public async Task Foreign_lines_are_left_alone()
    {
        File.WriteAllText(_delivery.JournalPath, "not json\n{\"source\":5}\n");
        using (var journal = _delivery.Journal()) await journal.PublishAsync(_delivery.Online(), default);
        Assert.StartsWith("not json\n{\"source\":5}\n{\"specversion\"", File.ReadAllText(_delivery.JournalPath));
    }
}
