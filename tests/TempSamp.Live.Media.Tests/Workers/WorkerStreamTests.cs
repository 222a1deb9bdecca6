using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Media.Tests;

/// <summary>Streams read by real worker processes: this test program, started again.</summary>
public sealed class WorkerStreamTests : IDisposable
{
    private static readonly WorkerOptions Fast = new() { Heartbeat = TimeSpan.FromMilliseconds(100), RestartDelay = TimeSpan.FromMilliseconds(10) };

    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-worker-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_gives_what_a_thread_gives()
    {
        var path = TestStream.Make(_folder, "a.mp4", 4);
        var expected = await Recording.OfAsync(path);

        var recording = await ReadAsync(path);

        Assert.Equal(expected.Packets.Select(p => (p.Track, p.Epoch, p.Pts, p.Dts, p.Duration, p.IsKey, Convert.ToHexString(p.Data.Span))),
            recording.Packets.Select(p => (p.Track, p.Epoch, p.Pts, p.Dts, p.Duration, p.IsKey, Convert.ToHexString(p.Data.Span))));
        Assert.Equal(expected.Frames.Select(f => (f.Slot, f.At, Convert.ToHexString(f.Rgb))), recording.Frames.Select(f => (f.Slot, f.At, Convert.ToHexString(f.Rgb))));
        Assert.Equal(expected.Slice.Tracks.Select(t => t with { CodecConfig = default }), recording.Slice.Tracks.Select(t => t with { CodecConfig = default }));
    }

    [Fact]
    public async Task A_stream_whose_worker_crashes_goes_on_in_the_same_session()
    {
        var path = TestStream.Make(_folder, "a.mp4", 4);

        var recording = await ReadAsync(path, TestStream.Local with { Realtime = true }, crashAt: 45);

        var note = Assert.Single(recording.Notes, n => n.Kind == "repair");
        Assert.Contains("signal 11", note.Text, StringComparison.Ordinal);
        var video = Video(recording);
        Assert.Equal([0, 1], video.Select(p => p.Epoch).Distinct());
        var resumed = video.First(p => p.Epoch == 1);
        Assert.True(resumed.IsKey);
        Assert.InRange((resumed.Pts - note.At).Seconds, -0.001, 1.1); // GOPs of one second
        Assert.InRange(video[^1].Pts.Seconds, 3.8, 4);
        Assert.Equal(recording.Frames.Select(f => f.Slot).Distinct().Order(), recording.Frames.Select(f => f.Slot));
        Assert.All(recording.Frames, f => Assert.InRange(TestStream.NumberOf(f), (f.Slot * 15) - 1, (f.Slot * 15) + (f.Slot == resumed.Pts.Ticks / 45_000 ? 15 : 0)));
    }

    [Fact]
    public async Task A_publisher_does_not_notice_that_its_worker_crashed()
    {
        await using var endpoint = new Endpoint();
        endpoint.Listener.Expect("key");
        var began = Stopwatch.GetTimestamp();
        var publish = new RtmpPublisher(TimeProvider.System).PublishAsync(TestStream.Make(_folder, "a.flv", 15), endpoint.Url("key"), new() { Speed = 1 });

        var recording = await ReadAsync("listen:key", listener: endpoint.Listener, crashAt: 60);
        await publish;
        var passed = Stopwatch.GetElapsedTime(began).TotalSeconds;

        var video = Video(recording);
        var gap = Assert.Single(recording.Notes, n => n.Kind == "repair");
        Assert.Equal([0, 1], video.Select(p => p.Epoch).Distinct());
        var first = video.First(p => p.Epoch == 1);
        Assert.InRange((first.Pts - gap.At).Seconds, 0, passed);
        Assert.InRange(video[^1].Pts.Seconds, 10, passed + 0.5); // media and gap add up to the wall clock, not to the length of the file twice
    }

    [Fact]
    public async Task A_stream_that_breaks_every_worker_is_left_alone()
    {
        var path = TestStream.Make(_folder, "a.mp4", 4);
        var source = Source(TestStream.Local with { Realtime = true }, Fast with { CrashLimit = 0 });
        await using var input = (WorkerStreamInput)await source.OpenAsync(TestStream.Plan(path), Cancel);
        Signal(input.ProcessId, "SEGV");

        var end = await Assert.ThrowsAsync<StreamException>(() => input.PumpAsync(new Recording(), Channel.CreateUnbounded<SampledFrame>().Writer, Cancel));

        Assert.Equal("quarantined", end.Reason);
    }

    [Fact]
    public async Task A_worker_that_falls_silent_is_replaced()
    {
        var path = TestStream.Make(_folder, "a.mp4", 2);

        var recording = await ReadAsync(path, TestStream.Local with { Realtime = true }, Fast with { SilentAfter = TimeSpan.FromSeconds(4) }, crashAt: 20, signal: "STOP");

        Assert.Contains(recording.Notes, n => n.Kind == "repair" && n.Text.Contains("no sign of life", StringComparison.Ordinal));
        Assert.InRange(recording.Packets[^1].Pts.Seconds, 1.8, 2.1);
    }

    [Fact]
    public async Task A_worker_that_takes_too_much_memory_is_ended()
    {
        var path = TestStream.Make(_folder, "a.mp4", 2);

        var refusal = await Assert.ThrowsAsync<StreamException>(() => ReadAsync(path, TestStream.Local with { Realtime = true }, Fast with { MemoryBytes = 24 << 20, CrashLimit = 1 }));

        Assert.Contains("memory", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_worker_says_why_a_stream_cannot_be_opened()
    {
        var source = Source(TestStream.Local, Fast);

        var refusal = await Assert.ThrowsAsync<StreamException>(() => source.OpenAsync(TestStream.Plan(Path.Combine(_folder, "none.mp4")), Cancel));

        Assert.Equal("unreachable", refusal.Reason);
        Assert.Contains("none.mp4", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_ends_when_its_parent_does()
    {
        using var worker = Process.Start(WorkerCommand.For(WorkerProgram.IngestVerb, Fast.MemoryBytes))!;

        worker.StandardInput.Close();

        await worker.WaitForExitAsync(Cancel).WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Cancel);
    }

    [Fact]
    public async Task A_closed_stream_leaves_no_process()
    {
        var source = Source(TestStream.Local with { Realtime = true }, Fast);
        var input = (WorkerStreamInput)await source.OpenAsync(TestStream.Plan(TestStream.Make(_folder, "a.mp4", 2)), Cancel);
        using var worker = Process.GetProcessById(input.ProcessId);

        await input.DisposeAsync();

        Assert.False(Directory.Exists($"/proc/{worker.Id}"));
    }

    [Fact]
    public async Task Neither_the_command_line_nor_the_environment_of_a_worker_holds_a_secret()
    {
        Environment.SetEnvironmentVariable("TEMPSAMP_TEST_SECRET", "hunter2");
        var source = Source(TestStream.Local with { Realtime = true }, Fast);
        var path = TestStream.Make(_folder, "hunter2.mp4", 2);
        await using var input = (WorkerStreamInput)await source.OpenAsync(TestStream.Plan(path), Cancel);

        foreach (var file in new[] { "cmdline", "environ" })
            Assert.DoesNotContain("hunter2", await File.ReadAllTextAsync($"/proc/{input.ProcessId}/{file}", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_probe_in_a_worker_tells_what_a_probe_in_a_thread_tells()
    {
        var path = TestStream.Make(_folder, "a.mp4", 4);
        var source = Source(TestStream.Local, Fast);

        var facts = await source.ProbeAsync(path, Cancel);

        var expected = await StreamProbe.ProbeAsync(path, TestStream.Local, Cancel);
        Assert.Equal(expected with { Tracks = [] }, facts with { Tracks = [] });
        Assert.Equal(expected.Tracks, facts.Tracks);
    }

    private static WorkerStreamSource Source(IngestOptions ingest, WorkerOptions workers, RtmpListener? listener = null) =>
        new(Options.Create(ingest), Options.Create(workers), TimeProvider.System, NullLogger<WorkerStreamSource>.Instance, listener);

    private static async Task<Recording> ReadAsync(
        string url, IngestOptions? ingest = null, WorkerOptions? workers = null, RtmpListener? listener = null, int crashAt = -1, string signal = "SEGV")
    {
        var source = Source(ingest ?? TestStream.Local, workers ?? Fast, listener);
        await using var input = (WorkerStreamInput)await source.OpenAsync(TestStream.Plan(url), Cancel);
        var recording = new Recording();
        var frames = Channel.CreateUnbounded<SampledFrame>();
        var process = input.ProcessId;
        await input.PumpAsync(new CrashingSink(recording, crashAt, () => Signal(process, signal)), frames.Writer, Cancel);
        await foreach (var frame in frames.Reader.ReadAllAsync(Cancel)) recording.Frames.Add(frame);
        return recording;
    }

    private static List<MediaPacket> Video(Recording recording)
    {
        var track = recording.Announced.First(a => a.Format.Kind == TrackKind.Video).Format.Index;
        return [.. recording.Packets.Where(p => p.Track == track)];
    }

    private static void Signal(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
    }

    /// <summary>Sends a signal to the worker when so many packets have come.</summary>
    private sealed class CrashingSink(IPacketSink next, int at, Action crash) : IPacketSink
    {
        private int _packets;

        public void Track(TrackFormat format, int epoch) => next.Track(format, epoch);

        public void Note(StreamNote note) => next.Note(note);

        public void Date(MediaTime at, DateTimeOffset utc, string source) => next.Date(at, utc, source);

        public void Packet(MediaPacket packet)
        {
            next.Packet(packet);
            if (_packets++ == at) crash();
        }
    }
}
