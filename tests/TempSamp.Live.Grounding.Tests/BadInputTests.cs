using TempSamp.Live.Core;
using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding.Tests;

/// <summary>Whatever one stream brings, it gets a reason, and its neighbours get their answers.</summary>
public class BadInputTests
{
    private static readonly string[] Queries = ["a goal", "a card"];

    [Fact]
    public void Want_of_memory_costs_the_stream_that_causes_it_one_hop_and_its_neighbours_nothing()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var engine = new GroundingEngine(model, [new HungryProbe()]);
        var pace = SearchPace.Live(8, 2, 2);
        using var well = engine.Open(pace, Queries);
        using var hungry = engine.Open(pace, Queries);
        using var alone = engine.Open(pace, Queries);
        well.Push(TinyModel.Pairs(model, 0, 4));
        hungry.Push(TinyModel.Pairs(model, 0, 4));
        alone.Push(TinyModel.Pairs(model, 0, 4));

        var said = engine.Run([new(well, Queries), new(hungry, ["a goal", HungryProbe.Meal])]);

        Assert.Equal(engine.Run([new(alone, Queries)])[0].Answers.Select(a => a.Text), said[0].Answers.Select(a => a.Text));
        Assert.All(said[1].Answers, a => Assert.Contains("allocate", a.Fault));
        Assert.All(engine.Run([new(hungry, Queries)])[0].Answers, a => Assert.NotNull(a.Span));
    }

    [Fact]
    public void A_stream_that_goes_away_in_the_middle_of_a_hop_takes_nobody_with_it()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var pace = SearchPace.Live(8, 2, 2);
        using var well = model.Engine.Open(pace, Queries);
        var gone = model.Engine.Open(pace, Queries);
        well.Push(TinyModel.Pairs(model, 0, 2));
        gone.Push(TinyModel.Pairs(model, 0, 2));
        gone.Dispose();
        var said = model.Engine.Run([new(well, Queries), new(gone, Queries)]);
        Assert.All(said[0].Answers, a => Assert.NotNull(a.Span));
        Assert.All(said[1].Answers, a => Assert.Contains("libtorch failed", a.Fault));
    }

    [Fact]
    public void A_window_without_frames_has_a_reason_instead_of_answers()
    {
        using var model = TinyModel.Create();
        using var windows = model.Engine.Open(SearchPace.Live(8, 2, 2), Queries);
        Assert.All(model.Engine.Run([new(windows, Queries)])[0].Answers, a => Assert.Contains("no frames", a.Fault));
    }

    [Fact]
    public async Task Queries_of_any_script_are_asked_and_a_novel_is_refused()
    {
        using var model = TinyModel.Create();
        using var gpu = new GpuThread(1);
        var finder = TinyModel.Finder(model, gpu);
        Assert.Contains("has 10000 characters", Assert.Throws<ModelException>(() => finder.Begin(TinyModel.Plan(model, new string('x', 10_000)))).Message);
        await using var search = finder.Begin(TinyModel.Plan(model, "⚽🥅🎉 👨‍👩‍👧", "تسجيل هدف في المباراة", "שער!", "進球 \u202Egoal\u202C", "\uD83D half a pair"));
        var verdicts = new List<WindowVerdict>();
        for (var slot = 0; slot < 4; slot++) verdicts.AddRange(await search.PushAsync(TinyModel.Frame(slot), default));
        Assert.Equal(5, verdicts.Count);
        Assert.All(verdicts, v => Assert.NotNull(v.Span));
    }

    /// <summary>Asks for more memory than there is when a certain query comes.</summary>
    private sealed class HungryProbe : IWindowProbe
    {
        public const string Meal = "everything";

        public IReadOnlyList<int> Choices => [];

        public IReadOnlyList<SuffixRow> Rows(SpanQuestion question)
        {
            if (question.Query == Meal) empty(1L << 50).Dispose();
            return [];
        }

        public WindowAnswer Judge(SpanQuestion question, IReadOnlyList<SuffixRow> rows, WindowAnswer answer) => answer;
    }
}
