using Microsoft.Extensions.Logging.Abstractions;
using TempSamp.Live.Core;

namespace TempSamp.Live.Grounding.Tests;

public sealed class OfflineGrounderTests : IDisposable
{
    private readonly GroundingModel _model = TinyModel.Create(window: 8, hop: 2);
    private readonly GpuThread _gpu = new(1);

    [Theory]
    [InlineData(10, 0, 5)]                                              // one window, shorter than the model's longest
    [InlineData(16, 0, 8)]
    public async Task A_file_that_fits_is_asked_about_once_as_a_whole(int frames, int start, int end)
    {
        var verdicts = await GroundAsync(frames, "a goal", "a card");
        Assert.Equal(["0", "1"], verdicts.Select(v => v.QueryId));
        Assert.All(verdicts, v => Assert.Equal(TimeRange.FromSeconds(start, end), v.Window));
    }

    [Fact]
    public async Task Of_a_long_file_the_window_with_the_highest_presence_answers()
    {
        var best = Assert.Single(await GroundAsync(43, "a goal"));
        var all = new List<WindowVerdict>();
        var alone = new GroundingScheduler(_gpu, _model.Engine.Run, [], new(), null, TimeProvider.System, NullLogger.Instance);
        await using var search = new MomentSearch(_model, _gpu, alone, "file", [new("0", "a goal")], SearchPace.File(8), false, TimeProvider.System, NullLogger.Instance);
        for (var slot = 0; slot < 43; slot++) all.AddRange(await search.PushAsync(TinyModel.Frame(slot), default));
        all.AddRange(await search.FinishAsync(default));
        Assert.Equal([(0, 8), (4, 12), (8, 16), (12, 20), (14, 22)], all.Select(v => ((int)v.Window.Start.Seconds, (int)v.Window.End.Seconds)));
        Assert.Equal(all.MaxBy(v => v.Presence)! with { Timings = default }, best with { Timings = default });
    }

    [Fact]
    public async Task An_empty_file_has_no_answers() => Assert.Empty(await GroundAsync(0, "a goal"));

    private Task<IReadOnlyList<WindowVerdict>> GroundAsync(int frames, params string[] queries) =>
        new OfflineGrounder(_model, _gpu, NullLogger<OfflineGrounder>.Instance)
            .GroundAsync(Enumerable.Range(0, frames).Select(s => TinyModel.Frame(s)).ToAsyncEnumerable(), queries, thinking: false, default);

    public void Dispose()
    {
        _gpu.Dispose();
        _model.Dispose();
    }
}
