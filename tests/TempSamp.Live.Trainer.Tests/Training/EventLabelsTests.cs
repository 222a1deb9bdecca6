namespace TempSamp.Live.Trainer.Tests;

public class EventLabelsTests
{
    private static readonly TrainingClip s_clip = new(10, [new("goal", ["a goal"], [new(2.5, 5.5)]), new("card", ["a card"], [])], _ => []);
    private readonly EventLabels _labels = new(["goal", "card"]);

    [Fact]
    public void A_pair_is_labelled_with_the_event_that_covers_half_of_it_or_more()
    {
        var labels = _labels.Of(s_clip, 0, 8);

        Assert.Equal([0, 0, 1, 1, 1, 1, 0, 0], labels.Select(l => l.Kind));
    }

    [Fact]
    public void Starts_are_half_seconds_from_the_window_s_start_and_zero_for_an_event_that_began_before()
    {
        Assert.Equal([-1, -1, 5, 5], _labels.Of(s_clip, 0, 4).Select(l => l.Start));
        Assert.Equal([0, 0, -1], _labels.Of(s_clip, 4, 3).Select(l => l.Start));
    }

    [Fact]
    public void Nothing_is_a_class_of_its_own() => Assert.Equal(3, _labels.Count);
}
