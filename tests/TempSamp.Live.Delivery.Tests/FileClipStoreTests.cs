using System.Security.Cryptography;
using System.Text.Json;
using TempSamp.Live.Contracts;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery.Tests;

[Collection("one at a time: both lock /dev/full")]
public sealed class FileClipStoreTests : IDisposable
{
    private readonly DeliveryFixture _delivery = new();

    public void Dispose() => _delivery.Dispose();

    [Fact]
    public async Task A_clip_is_stored_with_poster_and_sidecar_and_leaves_the_spool()
    {
        using var store = _delivery.Store();
        var plan = DeliveryFixture.Plan();
        var clip = await store.StoreAsync(plan, DeliveryFixture.Cut(store, plan), default);

        var path = Path.Combine(_delivery.Root, "clips", "match", "c1.mp4");
        Assert.Equal("moving pictures", File.ReadAllText(path));
        Assert.Equal("a picture", File.ReadAllText(Path.ChangeExtension(path, ".jpg")));
        Assert.Equal((path, new Uri(path).AbsoluteUri, 15L), (clip.File.Path, clip.Uri, clip.Bytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("moving pictures"u8)), clip.Sha256);
        Assert.Empty(Directory.GetFiles(Path.Combine(_delivery.Root, "spool"), "*", SearchOption.AllDirectories));

        var sidecar = JsonSerializer.Deserialize(File.ReadAllText(Path.ChangeExtension(path, ".json")), ContractsJson.Default.ClipReady)!;
        var main = sidecar.Media[0];
        Assert.Equal((clip.Sha256, 15L, 6600L, "copy", "keyframe"), (main.Sha256, main.Bytes, main.DurationMs, main.Cut, main.AccurateTo));
        Assert.Equal(new VideoTrack("h264", 640, 360, 29.97), main.Video);
        Assert.Equal((10_000L, 16_600L), (sidecar.Time.SessionStartMs, sidecar.Time.SessionEndMs));
        Assert.Equal(new MillisecondRange(11_500, 16_500), sidecar.Time.Requested);
        Assert.Equal("poster", sidecar.Media[1].Role);
    }

    [Fact]
    public async Task The_spool_lies_on_the_volume_of_the_store_and_storing_is_a_rename()
    {
        using var store = _delivery.Store();
        var plan = DeliveryFixture.Plan();
        Assert.StartsWith(_delivery.Root, store.SpoolPath(plan));
        var file = DeliveryFixture.Cut(store, plan);
        using var open = File.OpenRead(file.Path);   // the same file, by inode, is there afterwards
        var stored = await store.StoreAsync(plan, file, default);
        File.AppendAllText(stored.File.Path, "!");
        Assert.Equal(16, open.Length);
    }

    [Fact]
    public async Task Storing_a_clip_again_is_harmless()
    {
        using var store = _delivery.Store();
        var plan = DeliveryFixture.Plan();
        var first = await store.StoreAsync(plan, DeliveryFixture.Cut(store, plan), default);
        var again = await store.StoreAsync(plan, DeliveryFixture.Cut(store, plan), default);
        Assert.Equal((first.Uri, first.Sha256, first.Bytes), (again.Uri, again.Sha256, again.Bytes));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_delivery.Root, "clips", "match")).Length);
    }

    [Fact]
    public async Task A_clip_without_poster_is_stored_too()
    {
        using var store = _delivery.Store();
        var plan = DeliveryFixture.Plan();
        var clip = await store.StoreAsync(plan, DeliveryFixture.Cut(store, plan, hasPoster: false), default);
        Assert.Null(clip.PosterUri);
        Assert.Equal(["c1.json", "c1.mp4"], Directory.GetFiles(Path.Combine(_delivery.Root, "clips", "match")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_full_disk_refuses_the_clip_and_leaves_nothing_behind()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("this system has no /dev/full to stand in for a full disk");
        using var store = _delivery.Store();
        var plan = DeliveryFixture.Plan();
        var file = DeliveryFixture.Cut(store, plan);
        File.CreateSymbolicLink(Path.ChangeExtension(file.Path, ".json"), "/dev/full");
        var refused = await Assert.ThrowsAsync<ClipException>(() => store.StoreAsync(plan, file, default));
        Assert.True(refused.Reason == "disk-full", refused.ToString());
        Assert.Contains("free some space", refused.Message);
        Assert.Empty(Directory.GetFiles(_delivery.Root, "c1.*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_missing_file_is_a_refusal_that_names_it()
    {
        using var store = _delivery.Store();
        var plan = DeliveryFixture.Plan();
        var refused = await Assert.ThrowsAsync<ClipException>(() => store.StoreAsync(plan, new(store.SpoolPath(plan), null, plan.Range, plan.Range, "copy", []), default));
        Assert.Equal("store-failed", refused.Reason);
        Assert.Contains("c1.mp4", refused.Message);
    }

    [Fact]
    public void What_an_earlier_run_left_in_the_spool_is_cleared()
    {
        using (var store = _delivery.Store()) DeliveryFixture.Cut(store, DeliveryFixture.Plan());
        using (_delivery.Store()) Assert.Empty(Directory.GetFiles(_delivery.Root, "*.mp4", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_ready_event_names_a_file_whose_size_and_hash_match()
    {
        using var store = _delivery.Store();
        var plan = DeliveryFixture.Plan();
        var clip = await store.StoreAsync(plan, DeliveryFixture.Cut(store, plan), default);
        using (var journal = _delivery.Journal())
            await journal.PublishAsync(new Core.ClipReady(clip, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1.5), _delivery.Time.GetUtcNow()), default);
        var ready = ((JsonElement)Assert.Single(_delivery.Lines()).Data!).Deserialize(ContractsJson.Default.ClipReady)!;
        var file = new Uri(ready.Media[0].Uri).LocalPath;
        Assert.Equal(ready.Media[0].Bytes, new FileInfo(file).Length);
        Assert.Equal(ready.Media[0].Sha256, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
        Assert.Equal(new Latency(4000, 1500), ready.Decision.LatencyMs);
    }

    [Fact]
    public async Task Static_streams_are_said_once()
    {
        var spec = new StreamSpec("a", "a.mp4", []);
        var said = new List<IReadOnlyList<StreamSpec>>();
        await foreach (var wanted in new StaticAssignments([spec]).WatchAsync(default)) said.Add(wanted);
        Assert.Equal([spec], Assert.Single(said));
    }

    [Fact]
    public void A_folder_that_is_a_file_is_bad_configuration()
    {
        var file = Path.Combine(_delivery.Root, "file");
        File.WriteAllText(file, "");
        var validator = new DeliveryOptionsValidator();
        Assert.True(validator.Validate(null, new()).Succeeded);
        Assert.Contains("name a folder", validator.Validate(null, new() { Directory = file }).FailureMessage);
        Assert.Contains("(empty)", validator.Validate(null, new() { Directory = " " }).FailureMessage);
    }
}
