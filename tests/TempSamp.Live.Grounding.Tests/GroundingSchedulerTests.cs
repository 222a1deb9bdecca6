using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace TempSamp.Live.Grounding.Tests;

/// <summary>The scheduler on its thread with an engine that takes as long as a fake clock says.</summary>
public sealed class GroundingSchedulerTests : IDisposable
{
    private static readonly string[] Query = ["a goal"];

    private readonly GroundingModel _model = TinyModel.Create(window: 8, hop: 2);
    private readonly GpuThread _gpu = new(1);
    private readonly FakeTimeProvider _time = new();
    private readonly List<int> _batches = [];
    private readonly SemaphoreSlim _mayRun = new(0);
    private TimeSpan _takes = TimeSpan.FromSeconds(0.1);

    [Fact]
    public async Task All_streams_that_wait_go_into_one_batch()
    {
        var scheduler = Scheduler(new() { Batch = TimeSpan.FromSeconds(10) });
        var streams = Enumerable.Range(0, 4).Select(i => Admit(scheduler, $"s{i}")).ToArray();
        var first = scheduler.Ask(streams[0], []);
        _mayRun.Release();
        await first;                                                // one batch was measured
        var blocked = scheduler.Ask(streams[0], []);
        var others = streams.Skip(1).Select(s => scheduler.Ask(s, [])).ToArray();
        _mayRun.Release(2);
        await Task.WhenAll([blocked, .. others]);
        Assert.Equal(4, _batches.Skip(1).Sum());
        Assert.InRange(_batches.Count, 2, 3);                       // the thread may have begun before all had asked
    }

    [Fact]
    public async Task A_newer_hop_takes_the_place_of_one_that_waits_and_its_frames_are_kept()
    {
        var scheduler = Scheduler(new());
        var (busy, late) = (Admit(scheduler, "busy"), Admit(scheduler, "late"));
        var running = scheduler.Ask(busy, []);
        var older = scheduler.Ask(late, [Pair(0), Pair(1)]);
        var newer = scheduler.Ask(late, [Pair(2), Pair(3)]);
        _mayRun.Release(3);
        await running;
        if ((await older).Answers is null)                          // the thread had not begun with it
        {
            Assert.NotNull((await newer).Answers);
            Assert.Equal("skipped", Assert.Single(scheduler.TakeNotes(late)).Kind);
            Assert.Empty(scheduler.TakeNotes(late));
        }
        Assert.Equal(4, Seen(late));
    }

    [Fact]
    public async Task A_stream_beyond_the_bounds_is_refused_and_room_that_is_freed_is_given_again()
    {
        var scheduler = Scheduler(new(), maxBytes: 1000);
        var first = scheduler.Admit(new("a", 1, TimeSpan.FromSeconds(2), 600), () => Open());
        Assert.Contains("need 0 MB", Assert.Throws<AdmissionException>(() => scheduler.Admit(new("b", 1, TimeSpan.FromSeconds(2), 600), () => Open())).Message);
        await scheduler.RemoveAsync(first);
        scheduler.Admit(new("b", 1, TimeSpan.FromSeconds(2), 600), () => Open());
    }

    [Fact]
    public async Task A_model_that_is_too_slow_is_given_less_to_do_and_every_stream_is_told()
    {
        var scheduler = Scheduler(new() { Period = TimeSpan.FromSeconds(10) });
        var stream = Admit(scheduler, "a");
        _takes = TimeSpan.FromSeconds(3);
        _mayRun.Release(100);
        for (var hop = 0; hop < 5; hop++) await scheduler.Ask(stream, []);
        Assert.True(scheduler.Has(Rung.Hop));
        Assert.Contains(scheduler.TakeNotes(stream), n => n.Kind == "degraded" && n.Text.Contains("half as often", StringComparison.Ordinal) && n.Text.Contains("were late", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_engine_that_breaks_fails_its_hops_and_goes_on()
    {
        var scheduler = new GroundingScheduler(_gpu, _ => _failed++ == 0 ? throw new InvalidDataException("broken") : [new(0, 2, [])], [], new(), null, _time, NullLogger.Instance);
        var stream = Admit(scheduler, "a");
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidDataException>(() => scheduler.Ask(stream, []))).Message);
        Assert.NotNull((await scheduler.Ask(stream, [])).Answers);
    }

    private GroundingScheduler Scheduler(SchedulerOptions options, long? maxBytes = null) => new(_gpu, Run, [Rung.Hop, Rung.Phases], options, maxBytes, _time, NullLogger.Instance);

    private IReadOnlyList<StreamAnswers> Run(IReadOnlyList<StreamHop> hops)
    {
        _mayRun.Wait(TimeSpan.FromSeconds(30));
        _batches.Add(hops.Count);
        _time.Advance(_takes);
        return [.. hops.Select(h => new StreamAnswers(0, h.Windows.Waiting.Count, []))];
    }

    private ScheduledStream Admit(GroundingScheduler scheduler, string id) => scheduler.Admit(new(id, 10, TimeSpan.FromSeconds(2), 0), Open);

    private StreamHop Open() => _opened = new(_model.Engine.Open(SearchPace.Live(8, 2, 2), Query), Query);

    private StreamHop? _opened;

    private int _failed;

    private int Seen(ScheduledStream _) => _opened!.Windows.Waiting.Count;

    private static FramePair Pair(int second) => new(second, []);

    public void Dispose()
    {
        _gpu.Dispose();
        _model.Dispose();
        _mayRun.Dispose();
    }
}
