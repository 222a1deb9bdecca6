using TempSamp.Live.Core;
using TempSamp.Live.Model;
using TorchSharp;

namespace TempSamp.Live.Grounding.Tests;

public sealed class MomentSearchTests : IDisposable
{
    private readonly GroundingModel _model = TinyModel.Create(window: 8, hop: 2);
    private readonly GpuThread _gpu = new(1);

    private IMomentSearch Begin(params string[] queries) => TinyModel.Finder(_model, _gpu).Begin(TinyModel.Plan(_model, queries));

    [Fact]
    public async Task Windows_grow_to_their_length_and_then_make_room_for_the_younger_one()
    {
        await using var search = Begin("a goal", "a card");
        var windows = new List<TimeRange>();
        for (var slot = 20; slot < 48; slot++)
        {
            var verdicts = await search.PushAsync(TinyModel.Frame(slot), default);
            if (verdicts.Count == 0) continue;
            Assert.Equal(["q0", "q1"], verdicts.Select(v => v.QueryId));
            Assert.All(verdicts, v => Assert.True(v.Span is { } s && s.Start >= v.Window.Start && s.End <= v.Window.End && !s.IsEmpty, v.Answer));
            windows.Add(verdicts[0].Window);
        }
        Assert.Equal([(10, 12), (10, 14), (10, 16), (10, 18), (14, 20), (14, 22), (18, 24)], windows.Select(w => ((int)w.Start.Seconds, (int)w.End.Seconds)));
    }

    [Theory]
    [InlineData("a card")]
    [InlineData("a card is shown to the goalkeeper of the team that plays in white and whose captain has just left the field because of the weather on this very day of the year")]
    public async Task Changed_queries_are_answered_as_if_they_had_been_asked_from_the_beginning(string changed)
    {
        await using var search = Begin("a goal");
        await using var whole = Begin(changed, "a goal");
        IReadOnlyList<HighlightQuery> queries = TinyModel.Plan(_model, changed, "a goal").Queries;
        var (said, expected) = (new List<WindowVerdict>(), new List<WindowVerdict>());
        for (var slot = 0; slot < 14; slot++)
        {
            if (slot == 9) said.AddRange(await search.ChangeAsync(queries, default));
            said.AddRange(await search.PushAsync(TinyModel.Frame(slot), default));
            expected.AddRange(await whole.PushAsync(TinyModel.Frame(slot), default));
        }

        Assert.All(said.Where(v => v.Window.End.Seconds <= 4), v => Assert.Equal("q0", v.QueryId));
        var later = said.Where(v => v.Window.End.Seconds > 4).ToList();
        Assert.Equal(
            expected.Where(v => v.Window.End.Seconds > 4).Select(v => (v.QueryId, v.Window, v.Span, v.Answer, v.PromptDigest, Presence: Math.Round(v.Presence, 4))),
            later.Select(v => (v.QueryId, v.Window, v.Span, v.Answer, v.PromptDigest, Presence: Math.Round(v.Presence, 4))));
        Assert.NotEqual(said[0].PromptDigest, later[0].PromptDigest);
    }

    [Fact]
    public async Task A_query_that_cannot_be_asked_leaves_the_others_as_they_were()
    {
        await using var search = Begin("a goal");
        await Assert.ThrowsAsync<ModelException>(async () => await search.ChangeAsync(TinyModel.Plan(_model, " ").Queries, default));
        var verdicts = new List<WindowVerdict>();
        for (var slot = 0; slot < 4; slot++) verdicts.AddRange(await search.PushAsync(TinyModel.Frame(slot), default));
        Assert.Equal("q0", Assert.Single(verdicts).QueryId);
    }

    [Fact]
    public async Task A_model_that_wants_to_see_more_is_asked_later_at_the_beginning_and_after_a_long_hole()
    {
        var profile = _model.Profile with { LeastSeconds = 6 };
        using var model = TinyModel.Create(profile);
        await using var search = TinyModel.Finder(model, _gpu).Begin(TinyModel.Plan(model, "a goal"));
        var windows = new List<TimeRange>();
        foreach (var slot in Enumerable.Range(0, 16).Concat(Enumerable.Range(60, 14))) windows.AddRange((await search.PushAsync(TinyModel.Frame(slot), default)).Select(v => v.Window));
        windows.AddRange((await search.FinishAsync(default)).Select(v => v.Window));
        Assert.Equal([(0, 6), (0, 8), (30, 36), (30, 37)], windows.Select(w => ((int)w.Start.Seconds, (int)w.End.Seconds)));
    }

    [Fact]
    public async Task The_end_of_a_stream_is_looked_at_too_even_half_a_pair()
    {
        await using var search = Begin("a goal");
        for (var slot = 0; slot < 5; slot++) await search.PushAsync(TinyModel.Frame(slot), default);
        var verdict = Assert.Single(await search.FinishAsync(default));
        Assert.Equal(TimeRange.FromSeconds(0, 3), verdict.Window);
        Assert.Empty(await search.FinishAsync(default));
    }

    [Fact]
    public async Task A_stream_without_frames_has_no_verdicts()
    {
        await using var search = Begin("a goal");
        Assert.Empty(await search.FinishAsync(default));
    }

    [Fact]
    public async Task A_short_hole_stands_still_and_a_long_one_starts_afresh()
    {
        await using var search = Begin("a goal");
        var windows = new List<TimeRange>();
        int[] slots = [0, 1, 2, 3, 10, 11, 60, 61, 62, 63];
        foreach (var slot in slots) windows.AddRange((await search.PushAsync(TinyModel.Frame(slot), default)).Select(v => v.Window));
        windows.AddRange((await search.FinishAsync(default)).Select(v => v.Window));
        Assert.Equal([(0, 2), (0, 6), (30, 32)], windows.Select(w => ((int)w.Start.Seconds, (int)w.End.Seconds)));
    }

    [Fact]
    public void A_pair_with_one_frame_dropped_shows_the_other_twice()
    {
        var (dropped, doubled) = (new PairAssembler(_model), new PairAssembler(_model));
        dropped.Push(TinyModel.Frame(3));
        var expected = TinyModel.Frame(3);
        doubled.Push(expected with { Slot = 2 });
        Assert.Equal(Assert.Single(doubled.Push(expected)).Patches, Assert.Single(new PairAssembler(_model).Push(expected)).Patches);
        Assert.Empty(dropped.Push(TinyModel.Frame(2)));
    }

    [Fact]
    public async Task Scores_that_are_no_numbers_make_a_verdict_without_a_span()
    {
        using (torch.no_grad()) _model.Network.Language.Embedding.Weight.fill_(float.NaN);
        await using var search = Begin("a goal");
        for (var slot = 0; slot < 3; slot++) await search.PushAsync(TinyModel.Frame(slot), default);
        var verdict = Assert.Single(await search.PushAsync(TinyModel.Frame(3), default));
        Assert.Null(verdict.Span);
        Assert.Equal(0, verdict.Presence);
        Assert.Contains("not numbers", verdict.Answer);
    }

    [Fact]
    public async Task Frames_of_another_size_and_queries_of_nothing_are_refused()
    {
        await using var search = Begin("a goal");
        var error = await Assert.ThrowsAsync<ModelException>(async () => await search.PushAsync(TinyModel.Frame(0) with { Width = 28 }, default));
        Assert.Contains("28x56", error.Message);
        Assert.Contains("empty", Assert.Throws<ModelException>(() => Begin(" . ")).Message);
    }

    [Fact]
    public async Task Many_hops_leave_no_tensor_behind()
    {
        await using var search = Begin("a goal", "a card");
        long live = 0;
        for (var slot = 0; slot < 120; slot++)
        {
            await search.PushAsync(TinyModel.Frame(slot), default);
            if (slot == 39) live = await LiveAsync();
        }
        Assert.Equal(live, await LiveAsync());

        Task<long> LiveAsync() => _gpu.RunAsync(() => DisposeScopeManager.Statistics.ThreadTotalLiveCount, default);
    }

    public void Dispose()
    {
        _gpu.Dispose();
        _model.Dispose();
    }
}
