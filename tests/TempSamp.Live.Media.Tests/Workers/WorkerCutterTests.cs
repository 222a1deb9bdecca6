using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media.Tests;

/// <summary>Clips cut by real worker processes: this test program, started again.</summary>
public sealed class WorkerCutterTests : IDisposable
{
    private static readonly TimeRange Range = TimeRange.FromSeconds(1.5, 3);

    private readonly string _folder = Directory.CreateTempSubdirectory("tempsamp-cut-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CutMode.Copy)]
    [InlineData(CutMode.Exact)]
    public async Task A_worker_cuts_what_a_thread_cuts(CutMode mode)
    {
        var slice = await SliceAsync();
        using var pool = Pool(new());
        var (there, here) = (Order("there.mp4", mode), Order("here.mp4", mode));

        var cut = await pool.CutAsync(slice, there, Cancel);

        var expected = await new ClipCutter(Options.Create(TestStream.Local), Options.Create(new CutOptions()), NullLogger<ClipCutter>.Instance).CutAsync(slice, here, Cancel);
        Assert.Equal((expected.Mode, expected.Requested, expected.Actual, expected.Frames), (cut.Mode, cut.Requested, cut.Actual, cut.Frames));
        Assert.Equal(await File.ReadAllBytesAsync(here.Path, Cancel), await File.ReadAllBytesAsync(there.Path, Cancel));
        Assert.True(File.Exists(cut.PosterPath));
    }

    [Fact]
    public async Task A_worker_is_kept_for_the_next_clip_and_replaced_when_it_was_lost()
    {
        var slice = await SliceAsync();
        using var pool = Pool(new());
        await pool.CutAsync(slice, Order("a.mp4"), Cancel);
        var first = Assert.Single(pool.Idle);
        await pool.CutAsync(slice, Order("b.mp4"), Cancel);
        Assert.Equal(first, Assert.Single(pool.Idle));

        using (var kill = Process.Start("kill", ["-SEGV", $"{first}"])) await kill.WaitForExitAsync(Cancel);
        await pool.CutAsync(slice, Order("c.mp4"), Cancel);

        Assert.NotEqual(first, Assert.Single(pool.Idle));
    }

    [Fact]
    public async Task A_clip_that_breaks_two_workers_is_given_up_and_leaves_nothing()
    {
        var slice = await SliceAsync();
        using var pool = Pool(new() { CutMemoryBytes = 16 << 20, Heartbeat = TimeSpan.FromMilliseconds(20) });
        var order = Order("a.mp4", CutMode.Exact);

        var refusal = await Assert.ThrowsAsync<ClipException>(() => pool.CutAsync(slice, order, Cancel));

        Assert.Equal("cut-failed", refusal.Reason);
        Assert.Contains("memory", refusal.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["a.source.mp4"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_worker_says_why_a_clip_cannot_be_cut()
    {
        var slice = await SliceAsync();
        using var pool = Pool(new());

        var refusal = await Assert.ThrowsAsync<ClipException>(() => pool.CutAsync(slice with { Tracks = [.. slice.Tracks.Where(t => t.Kind == TrackKind.Audio)] }, Order("a.mp4"), Cancel));

        Assert.Equal("no-key-frame", refusal.Reason);
        Assert.Single(pool.Idle);
    }

    [Fact]
    public async Task A_clip_that_is_not_wanted_any_more_ends_its_worker()
    {
        var slice = await SliceAsync();
        using var pool = Pool(new());
        using var stop = new CancellationTokenSource();
        var cutting = pool.CutAsync(slice, Order("a.mp4", CutMode.Exact), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cutting);
        Assert.Empty(pool.Idle);
    }

    private async Task<TapeSlice> SliceAsync() => (await Recording.OfAsync(TestStream.Make(_folder, "a.source.mp4", 4))).Slice;

    private ClipOrder Order(string name, CutMode mode = CutMode.Copy) => new(Range, MediaTime.FromSeconds(2), Path.Combine(_folder, name), new ClipForm(mode));

    private static WorkerCutter Pool(WorkerOptions options) =>
        new(Options.Create(TestStream.Local), Options.Create(new CutOptions()), Options.Create(options), TimeProvider.System, NullLogger<WorkerCutter>.Instance);
}
