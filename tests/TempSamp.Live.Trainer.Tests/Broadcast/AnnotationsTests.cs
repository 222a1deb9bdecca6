namespace TempSamp.Live.Trainer.Tests;

public class AnnotationsTests
{
    [Fact]
    public void Every_event_is_asked_for_in_both_languages_and_some_absent_ones_too()
    {
        var scenario = BroadcastScenario.Create(BroadcastDomain.Sports, 12, 32);
        var rows = Annotations.Rows(scenario, "a.mp4").ToList();

        foreach (var e in scenario.Events)
        {
            var own = rows.Where(r => r.Kind == EventKinds.Name(e.Kind)).ToList();
            Assert.Equal(["en", "zh"], own.Select(r => r.Language));
            Assert.All(own, r => Assert.Equal([e.Start, e.End], r.Span!));
        }

        var absent = rows.Where(r => r.Span is null).ToList();
        Assert.Equal(6, absent.Count);
        Assert.All(absent, r => Assert.DoesNotContain(scenario.Events, e => EventKinds.Name(e.Kind) == r.Kind));
        Assert.All(absent, r => Assert.All(r.Saliency, s => Assert.Equal(0, s)));
    }

    [Fact]
    public void Held_out_sentences_are_asked_of_evaluation_seeds_only()
    {
        var train = Annotations.Rows(BroadcastScenario.Create(BroadcastDomain.Mixed, 12, 32), "a.mp4");
        var test = Annotations.Rows(BroadcastScenario.Create(BroadcastDomain.Mixed, 2_000_000_012, 32), "a.mp4").ToList();
        Assert.All(train, r => Assert.Equal("train", r.Split));
        Assert.Equal(test.Count / 2, test.Count(r => r.Split == "heldout"));
    }

    [Fact]
    public void A_row_is_one_line_with_readable_Chinese()
    {
        var row = new AnnotationRow("a.mp4", 32, "进球了", "zh", "goal", [3, 5.5], [0, 2, 4], "train");
        Assert.Equal(
            """{"video":"a.mp4","duration":32,"query":"进球了","language":"zh","kind":"goal","span":[3,5.5],"saliency":[0,2,4],"split":"train"}""",
            Annotations.ToJson(row));
    }

    [Fact]
    public void Truth_lists_the_queries_of_the_domain_and_the_events()
    {
        var scenario = BroadcastScenario.Create(BroadcastDomain.Shop, 5, 32);
        var truth = Annotations.Truth(scenario, "a.mp4");
        Assert.Equal(8, truth.Queries.Count);
        Assert.Contains(new TruthQuery("product-put-away", "the product is put into the box"), truth.Queries);
        Assert.Equal(scenario.Events.Select(e => (e.Start, e.End)), truth.Events.Select(e => (e.Start, e.End)));
    }

    [Fact]
    public void Saliency_rises_and_fades_inside_the_event_and_is_zero_outside()
    {
        Assert.Equal([0, 0, 3, 4, 3, 0, 0, 0], SaliencyCurve.Of(new ScenarioEvent(EventKind.ChatFlood, 4, 10), 16));
        Assert.Equal(8, SaliencyCurve.Of(null, 15).Length);
        var shot = SaliencyCurve.Of(new ScenarioEvent(EventKind.Goal, 2, 10), 12);
        Assert.True(shot[3] > shot[1], "a goal peaks where the ball arrives");
    }
}
