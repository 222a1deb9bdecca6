using System.Buffers.Binary;
using System.Text.Json;

namespace TempSamp.Live.Trainer.Tests;

public sealed class BroadcastSetTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("broadcast-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_same_seed_gives_the_same_files_and_another_gives_others()
    {
        var (one, two) = (Render("one", 7), Render("two", 7));
        foreach (var name in new[] { "mixed-7.mp4", "mixed-7.json", "annotations.jsonl" })
        {
            Assert.True(File.ReadAllBytes(Path.Combine(one, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(two, name))), name);
        }

        Assert.NotEqual(File.ReadAllBytes(Path.Combine(one, "mixed-7.mp4")), File.ReadAllBytes(Path.Combine(Render("three", 8), "mixed-8.mp4")));
    }

    [Fact]
    public void Key_frames_come_every_two_seconds_wherever_the_events_are()
    {
        var bytes = File.ReadAllBytes(Path.Combine(Render("keys", 3), "mixed-3.mp4"));
        Assert.Equal([1, 51, 101], SyncSamples(bytes));
    }

    [Fact]
    public void Each_video_has_its_truth_and_its_questions()
    {
        var folder = Render("set", 20, count: 2);
        foreach (var seed in new[] { 20, 21 })
        {
            var scenario = BroadcastScenario.Create(BroadcastDomain.Mixed, (ulong)seed, 5);
            using var truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, $"mixed-{seed}.json")));
            Assert.Equal(scenario.Events.Count, truth.RootElement.GetProperty("events").GetArrayLength());
            var rows = File.ReadLines(Path.Combine(folder, "annotations.jsonl")).Select(l => JsonDocument.Parse(l).RootElement).ToList();
            Assert.Equal(Annotations.Rows(scenario, "x").Count(), rows.Count(r => r.GetProperty("video").GetString() == $"mixed-{seed}.mp4"));
        }
    }

    [Fact]
    public void A_stopped_video_leaves_no_file()
    {
        using var cancel = new CancellationTokenSource();
        var set = new BroadcastSet(_directory, BroadcastDomain.Shop, 1, 1, 5, 160, 96);
        Assert.Throws<OperationCanceledException>(() => set.Write(done => cancel.Cancel(), cancel.Token));
        Assert.Empty(Directory.GetFiles(_directory, "*.mp4"));
    }

    private string Render(string folder, ulong seed, int count = 1)
    {
        var path = Path.Combine(_directory, folder);
        new BroadcastSet(path, BroadcastDomain.Mixed, seed, count, 5, 160, 96).Write(_ => { });
        return path;
    }

    // The numbers in the first "stss" box: which samples are key frames.
    private static int[] SyncSamples(byte[] mp4)
    {
        var at = mp4.AsSpan().IndexOf("stss"u8) + 8;
        var count = BinaryPrimitives.ReadInt32BigEndian(mp4.AsSpan(at));
        return [.. Enumerable.Range(1, count).Select(i => BinaryPrimitives.ReadInt32BigEndian(mp4.AsSpan(at + (4 * i))))];
    }
}
