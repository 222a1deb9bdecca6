using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

public class QuestionSamplerTests
{
    private static readonly ClipConcept s_goal = new("goal", ["a goal"], [new(4, 8)]);
    private static readonly ClipConcept s_miss = new("miss", ["a miss"], [new(12, 15), new(18, 22)]);
    private static readonly ClipConcept s_card = new("card", ["a card"], []);
    private static readonly TrainingClip s_clip = new(30, [s_goal, s_miss, s_card], _ => []);

    [Fact]
    public void Spans_are_asked_only_of_events_that_happen_once_in_the_window()
    {
        var questions = QuestionSampler.Draw(s_clip, 0, 24, 6, 0, new Random(1))!;

        Assert.All(questions, q => Assert.Equal("goal", q.Kind));
        Assert.All(questions, q => Assert.Equal(new AnswerSpan(4, 8), q.Span));
    }

    [Fact]
    public void Half_of_the_presence_questions_are_to_be_denied()
    {
        var questions = QuestionSampler.Draw(s_clip, 0, 24, 1, 4, new Random(1))!.Where(q => q.IsPresence).ToList();

        Assert.Equal(2, questions.Count(q => q.Span is null));
        Assert.All(questions.Where(q => q.Span is null), q => Assert.Equal("card", q.Kind));
    }

    [Fact]
    public void An_event_cut_by_the_window_keeps_its_visible_part()
    {
        var questions = QuestionSampler.Draw(s_clip, 5, 17, 2, 0, new Random(1))!;

        Assert.Contains(new AnswerSpan(0, 3), questions.Select(q => q.Span!.Value));
    }

    [Fact]
    public void An_event_that_is_hardly_visible_is_neither_asked_for_nor_denied()
    {
        var clip = s_clip with { Concepts = [s_goal, new("miss", ["a miss"], [new(10, 14)]), s_card] };

        var questions = QuestionSampler.Draw(clip, 0, 11, 4, 8, new Random(1))!;

        Assert.DoesNotContain("miss", questions.Select(q => q.Kind));
    }

    [Fact]
    public void An_event_that_the_window_s_end_cuts_is_not_affirmed_and_what_it_might_become_is_denied()
    {
        var clip = s_clip with { Concepts = [s_goal, new("miss", ["a miss"], [new(10, 14)]), s_card] };

        var questions = QuestionSampler.Draw(clip, 0, 13, 2, 8, new Random(1))!.Where(q => q.IsPresence).ToList();

        Assert.Equal(["goal"], questions.Where(q => q.Span is not null).Select(q => q.Kind).Distinct());
        Assert.Equal(["card"], questions.Where(q => q.Span is null).Select(q => q.Kind).Distinct());
    }

    [Fact]
    public void An_event_that_lasts_to_the_clip_s_end_is_affirmed()
    {
        var clip = s_clip with { Concepts = [new("miss", ["a miss"], [new(26, 30)]), s_card] };

        var questions = QuestionSampler.Draw(clip, 14, 30, 1, 4, new Random(1))!;

        Assert.Contains("miss", questions.Where(q => q is { IsPresence: true, Span: not null }).Select(q => q.Kind));
    }

    [Fact]
    public void A_window_can_be_made_to_end_while_an_event_goes_on()
    {
        var clip = s_clip with { Concepts = [new("miss", ["a miss"], [new(12, 15), new(18, 22)])] };
        var random = new Random(1);

        var ends = Enumerable.Range(0, 50).Select(_ => WindowDraw.EndingInside(clip, 10, random)!.Value + 10).ToHashSet();

        Assert.Subset(new HashSet<int> { 13, 14, 15, 19, 20, 21, 22 }, ends);
        Assert.True(ends.Count > 4, string.Join(' ', ends));
        Assert.Null(WindowDraw.EndingInside(s_clip with { Concepts = [s_card] }, 10, random));
    }

    [Fact]
    public void A_window_without_an_event_has_no_questions() =>
        Assert.Null(QuestionSampler.Draw(s_clip, 24, 30, 2, 2, new Random(1)));
}
