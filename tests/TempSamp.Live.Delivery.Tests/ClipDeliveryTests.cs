using System.Security.Cryptography;
using System.Text.Json;
using TempSamp.Live.Contracts;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

[Collection("one at a time: both lock /dev/full")]
public sealed class ClipDeliveryTests : IDisposable
{
    private readonly DeliveryFixture _delivery = new();

    public void Dispose() => _delivery.Dispose();

    private string Clips => Path.Combine(_delivery.Root, "clips", "match");

    private IEnumerable<string> Stored => Directory.Exists(Clips) ? Directory.GetFiles(Clips).Select(path => Path.GetFileName(path)).Order() : [];

    private IEnumerable<string> Spooled => Directory.GetFiles(Path.Combine(_delivery.Root, "spool"), "*", SearchOption.AllDirectories);

    [Fact]
    public async Task A_clip_is_stored_with_poster_and_sidecar_and_leaves_the_spool()
    {
        await using var running = await _delivery.StartAsync();
        var clip = await running.DeliverAsync(_delivery.Detected());

        var path = Path.Combine(Clips, "c1.mp4");
        Assert.Equal("moving pictures", File.ReadAllText(path));
        Assert.Equal("a picture", File.ReadAllText(Path.ChangeExtension(path, ".jpg")));
        Assert.Equal((new Uri(path).AbsoluteUri, 15L), (clip.Uri, clip.Bytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("moving pictures"u8)), clip.Sha256);
        Assert.Empty(Spooled);

        var sidecar = JsonSerializer.Deserialize(File.ReadAllText(Path.ChangeExtension(path, ".json")), ContractsJson.Default.ClipReady)!;
        var main = sidecar.Media[0];
        Assert.Equal((clip.Sha256, 15L, 6600L, "copy", "keyframe"), (main.Sha256, main.Bytes, main.DurationMs, main.Cut, main.AccurateTo));
        Assert.Equal(new VideoTrack("h264", 640, 360, 29.97), main.Video);
        Assert.Equal((10_000L, 16_600L), (sidecar.Time.SessionStartMs, sidecar.Time.SessionEndMs));
        Assert.Equal(new MillisecondRange(11_500, 16_500), sidecar.Time.Requested);
        Assert.Equal("poster", sidecar.Media[1].Role);
    }

    [Fact]
    public async Task Extra_files_belong_to_the_clip()
    {
        await using var running = await _delivery.StartAsync();
        await running.Events.PublishAsync(_delivery.Detected(), default);
        var plan = DeliveryFixture.Plan();
        var clip = await (await running.Clips.HandOverAsync(plan, DeliveryFixture.Cut(running.Clips, plan, hasExtra: true), default)).Stored;
        Assert.Equal(["c1.jpg", "c1.json", "c1.mp4", "c1.vtt"], Stored);
        await running.StopAsync();
        var ready = ((JsonElement)_delivery.Lines()[^1].Data!).Deserialize(ContractsJson.Default.ClipReady)!;
        Assert.Equal(("sprite-track", "vtt", Assert.Single(clip.Extras).Uri, 6L), (ready.Media[2].Role, ready.Media[2].Container, ready.Media[2].Uri, ready.Media[2].Bytes));
    }

    [Fact]
    public async Task Handing_a_clip_over_again_is_harmless()
    {
        await using var running = await _delivery.StartAsync();
        var first = await running.DeliverAsync(_delivery.Detected());
        var again = await running.DeliverAsync(_delivery.Detected(), "other pictures");
        Assert.Equal((first.Uri, first.Sha256, first.Bytes), (again.Uri, again.Sha256, again.Bytes));
        await running.StopAsync();
        Assert.Equal("detected ready", _delivery.Story);
        Assert.Empty(Spooled);
    }

    [Fact]
    public async Task A_clip_without_poster_is_stored_too()
    {
        await using var running = await _delivery.StartAsync();
        Assert.Null((await running.DeliverAsync(_delivery.Detected(), hasPoster: false)).PosterUri);
        Assert.Equal(["c1.json", "c1.mp4"], Stored);
    }

    [Fact]
    public async Task A_full_disk_refuses_the_clip_and_leaves_nothing_behind()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("this system has no /dev/full to stand in for a full disk");
        await using var running = await _delivery.StartAsync();
        await running.Events.PublishAsync(_delivery.Detected(), default);
        var plan = DeliveryFixture.Plan();
        var file = DeliveryFixture.Cut(running.Clips, plan);
        File.CreateSymbolicLink(Path.Combine(Path.GetDirectoryName(file.Path)!, "manifest.json"), "/dev/full");
        var refused = await Assert.ThrowsAsync<ClipException>(() => running.Clips.HandOverAsync(plan, file, default));
        Assert.True(refused.Reason == "disk-full", refused.ToString());
        Assert.Contains("free some space", refused.Message);
        Assert.Empty(Spooled);
    }

    [Fact]
    public async Task A_missing_file_is_a_refusal_that_names_it()
    {
        await using var running = await _delivery.StartAsync();
        await running.Events.PublishAsync(_delivery.Detected(), default);
        var plan = DeliveryFixture.Plan();
        var refused = await Assert.ThrowsAsync<ClipException>(() => running.Clips.HandOverAsync(plan, new(running.Clips.SpoolPath(plan), null, plan.Range, plan.Range, "copy", []), default));
        Assert.Equal("store-failed", refused.Reason);
        Assert.Contains("c1.mp4", refused.Message);
    }

    [Fact]
    public async Task A_clip_that_was_never_announced_is_refused()
    {
        await using var running = await _delivery.StartAsync();
        var plan = DeliveryFixture.Plan();
        await Assert.ThrowsAsync<ClipException>(() => running.Clips.HandOverAsync(plan, DeliveryFixture.Cut(running.Clips, plan), default));
    }

    [Fact]
    public async Task A_store_that_is_away_is_waited_for_and_the_clip_arrives_once()
    {
        var store = new FaultyStore(_delivery);
        store.Refuse(5);
        await using var running = await _delivery.StartAsync(store.Use);
        var delivered = running.DeliverAsync(_delivery.Detected());
        await _delivery.PassTimeAsync("the clip's arrival", () => delivered.IsCompleted);
        await running.StopAsync();
        Assert.Equal("detected ready", _delivery.Story);
        Assert.Equal(0, store.RefusalsLeft);
    }

    [Fact]
    public async Task What_the_store_spoiled_is_stored_again()
    {
        var store = new FaultyStore(_delivery) { Spoils = 1, KeepsSpool = true };
        await using var running = await _delivery.StartAsync(store.Use);
        var delivered = running.DeliverAsync(_delivery.Detected());
        await _delivery.PassTimeAsync("the clip's arrival", () => delivered.IsCompleted);
        await running.StopAsync();
        Assert.Equal("detected ready", _delivery.Story);
        Assert.Equal("moving pictures", File.ReadAllText(Path.Combine(Clips, "c1.mp4")));
    }

    [Fact]
    public async Task What_the_store_spoiled_and_nobody_else_has_fails_by_name()
    {
        var store = new FaultyStore(_delivery) { Spoils = 1 };
        await using var running = await _delivery.StartAsync(store.Use);
        var failed = await Assert.ThrowsAsync<ClipException>(() => running.DeliverAsync(_delivery.Detected()));
        Assert.Equal("store-failed", failed.Reason);
        await running.StopAsync();
        Assert.Equal("detected failed", _delivery.Story);
        Assert.Empty(Stored);
    }

    [Theory]
    [InlineData("put c1.mp4")]
    [InlineData("put c1.jpg")]
    [InlineData("put c1.json")]
    [InlineData("check c1.mp4")]
    [InlineData("check c1.json")]
    public async Task A_crash_at_any_step_costs_nothing_and_doubles_nothing(string step)
    {
        var store = new FaultyStore(_delivery) { HangsAt = step };
        var running = await _delivery.StartAsync(store.Use);
        _ = running.DeliverAsync(_delivery.Detected()).ContinueWith(delivered => delivered.Exception, TaskScheduler.Default);
        await store.Hangs;
        await running.CrashAsync();
        Assert.DoesNotContain("ready", _delivery.Story);

        await using (await _delivery.StartAsync()) { }
        Assert.Equal("detected ready", _delivery.Story);
        Assert.Equal(["c1.jpg", "c1.json", "c1.mp4"], Stored);
        Assert.Empty(Spooled);
        await using (await _delivery.StartAsync()) { }
        Assert.Equal("detected ready", _delivery.Story);
    }

    [Fact]
    public async Task A_clip_that_was_not_cut_before_a_restart_fails_by_name_and_what_was_cut_of_it_is_removed()
    {
        await using (var running = await _delivery.StartAsync())
        {
            await running.Events.PublishAsync(_delivery.Online(), default);
            await running.Events.PublishAsync(_delivery.Detected(), default);
            DeliveryFixture.Cut(running.Clips, DeliveryFixture.Plan());
        }
        await using (await _delivery.StartAsync()) { }
        Assert.Equal("online detected failed offline", _delivery.Story);
        Assert.Equal("restart", ((JsonElement)_delivery.Lines()[2].Data!).GetProperty("failure").GetProperty("reason").GetString());
        Assert.Empty(Spooled);
    }

    [Fact]
    public async Task A_crash_between_the_spool_and_the_state_goes_on_from_the_spool()
    {
        await using (var running = await _delivery.StartAsync())
        {
            await running.Events.PublishAsync(_delivery.Detected(), default);
            var plan = DeliveryFixture.Plan();
            await running.Spool.TakeAsync(plan, DeliveryFixture.Cut(running.Clips, plan), default);
        }
        await using (await _delivery.StartAsync()) { }
        Assert.Equal("detected ready", _delivery.Story);
        Assert.Equal(["c1.jpg", "c1.json", "c1.mp4"], Stored);
    }

    [Fact]
    public async Task A_ready_event_names_a_file_whose_size_and_hash_match()
    {
        await using var running = await _delivery.StartAsync();
        await running.DeliverAsync(_delivery.Detected());
        await running.StopAsync();
        var ready = ((JsonElement)_delivery.Lines()[^1].Data!).Deserialize(ContractsJson.Default.ClipReady)!;
        var file = new Uri(ready.Media[0].Uri).LocalPath;
        Assert.Equal(ready.Media[0].Bytes, new FileInfo(file).Length);
        Assert.Equal(ready.Media[0].Sha256, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
        Assert.Equal(new Latency(4100, 0), ready.Decision.LatencyMs);
    }
}
