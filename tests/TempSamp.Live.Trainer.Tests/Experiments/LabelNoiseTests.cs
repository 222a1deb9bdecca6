using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

public class LabelNoiseTests
{
    private static readonly TrainingClip s_clip = new(40, [new("goal", ["a goal"], [new(3, 7), new(20, 26)])], _ => []);

    [Fact]
    public void Without_noise_a_clip_stays_as_it_is() => Assert.Same(s_clip, default(LabelNoise).On(s_clip, 1));

    [Fact]
    public void Outliers_keep_their_length_and_stay_in_the_clip()
    {
        var moved = new LabelNoise(1, 0).On(s_clip, 1).Concepts[0].Spans;
        Assert.Equal([4.0, 6.0], moved.Select(s => Math.Round(s.End - s.Start, 6)));
        Assert.All(moved, s => Assert.True(s.Start >= 0 && s.End <= 40));
        Assert.DoesNotContain(new AnswerSpan(3, 7), moved);
    }

    [Fact]
    public void Ends_are_right_on_average_but_early_more_often_than_late()
    {
        var clip = new TrainingClip(4000, [new("goal", ["a goal"], [.. Enumerable.Range(1, 1900).Select(i => new AnswerSpan(2000, 2100))])], _ => []);
        var spans = new LabelNoise(0, 2).On(clip, 1).Concepts[0].Spans;
        foreach (var errors in new[] { spans.Select(s => s.Start - 2000).ToArray(), [.. spans.Select(s => s.End - 2100)] })
        {
            Assert.InRange(errors.Average(), -0.2, 0.2);                                             // four standard errors
            Assert.InRange(errors.Count(e => e < 0) / (double)errors.Length, 0.58, 0.68);            // an exponential lies below its mean in 63 of 100 cases
            Assert.All(errors, e => Assert.True(e >= -2.01));
            Assert.True(errors.Max() > 6);
        }
    }

    [Fact]
    public void Ends_that_are_off_stay_in_the_clip_and_in_order()
    {
        foreach (var seed in Enumerable.Range(0, 200))
        {
            var spans = new LabelNoise(0, 10).On(s_clip, seed).Concepts[0].Spans;
            Assert.All(spans, s => Assert.True(s.Start >= 0 && s.End <= 40 && s.End - s.Start > 0.499, $"seed {seed}: {s.Start} to {s.End}"));
        }
    }

    [Fact]
    public void The_same_seed_spoils_the_same_spans()
    {
        var noise = new LabelNoise(0.5, 2);
        Assert.Equal(noise.On(s_clip, 5).Concepts[0].Spans, noise.On(s_clip, 5).Concepts[0].Spans);
        Assert.NotEqual(noise.On(s_clip, 5).Concepts[0].Spans, noise.On(s_clip, 6).Concepts[0].Spans);
    }
}
