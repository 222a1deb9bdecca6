using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding.Tests;

public class SpanPosteriorTests
{
    [Fact]
    public void The_best_span_overlaps_most_on_average_and_need_not_be_the_most_probable()
    {
        // Alone at 0 s with 0.4, or one of two neighbours with 0.3 each: IoU of [10, 14] and [11, 14] is 3/4, so either neighbour is worth 0.3 + 0.3 * 0.75.
        var posterior = new SpanPosterior([new(new(0, 2), 0.4), new(new(10, 14), 0.3), new(new(11, 14), 0.3)]);
        Assert.Equal(new AnswerSpan(10, 14), posterior.Best);
        Assert.Equal(0.3 + 0.3 * 0.75, posterior.ExpectedIoU, 1e-9);
    }

    [Fact]
    public void The_curve_is_the_share_of_each_second_that_the_event_is_expected_to_cover()
    {
        var posterior = new SpanPosterior([new(new(1, 2.5), 0.5), new(new(2, 4), 0.25), new(new(2, 4), 0.25)]);
        Assert.Equal([0, 0.5, 0.25 + 0.5, 0.5, 0], posterior.Curve(5));
        Assert.Equal(2, posterior.Spans.Count);
    }

    [Fact]
    public void Probabilities_are_made_to_add_up()
    {
        var posterior = new SpanPosterior([new(new(0, 1), 0.2), new(new(1, 2), 0.2), new(new(2, 3), 1e-6)]);
        Assert.Equal([0.5, 0.5], posterior.Spans.Select(s => s.Probability));
    }
}
