using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

/// <summary>The worked numbers of reference tempsamp-r1.md, sections 1.5 and 1.6.</summary>
public class GroupAdvantagesTests
{
    private static readonly ShapingConstants s_paper = new();

    private static GroupAdvantages Group(AdvantageShaping shaping, double? truth, params double[] rewards) =>
        GroupAdvantages.Of([.. rewards.Select(r => new Reward(r))], truth is { } t ? new Reward(t) : null, shaping, s_paper);

    private static void Near(double[] wanted, IEnumerable<double> found, double tolerance)
    {
        Assert.Equal(wanted.Length, found.Count());
        Assert.All(wanted.Zip(found), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, tolerance));
    }

    [Theory]
    [InlineData(0, 0.086764)]
    [InlineData(0.1, 0.210020)]
    [InlineData(0.2, 0.321546)]
    [InlineData(0.3, 0.422459)]
    [InlineData(0.4, 0.513769)]
    [InlineData(0.5, 0.596390)]
    [InlineData(0.6, 0.671149)]
    [InlineData(0.7, 0.738793)]
    [InlineData(0.79, 0.794151)]
    [InlineData(0.8, 0.800000)]
    [InlineData(0.9, 0.800953)]
    [InlineData(1, 0.801823)]
    public void The_nonlinear_map_gives_the_published_table(double reward, double shaped) =>
        Assert.InRange(s_paper.Map(reward), shaped - 5.1e-7, shaped + 5.1e-7);

    [Theory]
    [InlineData(AdvantageShaping.None, -.4629, 0, -.9258, 1.3887)]
    [InlineData(AdvantageShaping.Nonlinear, -.3496, .4159, -1.1956, 1.1293)]
    [InlineData(AdvantageShaping.Downscale, -.3873, .3873, -1.1619, 1.1619)]
    [InlineData(AdvantageShaping.Anchor, 0, 1, -1, 1.2)]
    public void Each_shaping_gives_its_worked_advantages(AdvantageShaping shaping, double a, double b, double c, double truth) =>
        Near([a, b, c, truth], Group(shaping, 1, .6, .7, .5).Values, 5.1e-5);

    [Fact]
    public void The_soft_advantages_of_figure_1_come_out()
    {
        var truth = new AnswerSpan(13.9, 22.4);
        var rewards = new[] { new AnswerSpan(8, 17), new AnswerSpan(16, 22) }.Select(s => s.IoU(truth)).ToArray();

        Near([.2153, .7059], rewards, 5.1e-5);
        Near([-1.147, .456, .691], Group(AdvantageShaping.Nonlinear, 1, rewards).Values, 5.1e-4);
    }

    [Theory]
    [InlineData(AdvantageShaping.None)]
    [InlineData(AdvantageShaping.Nonlinear)]
    public void Tied_failures_leave_the_annotation_alone_on_top_whatever_the_shaping(AdvantageShaping shaping) =>
        Near([-.5, -.5, -.5, 1.5], Group(shaping, 1, 0, 0, 0).Values, 1e-12);

    [Fact]
    public void One_sample_against_the_annotation_is_half_a_root_apart() =>
        Near([-Math.Sqrt(.5), Math.Sqrt(.5)], Group(AdvantageShaping.Nonlinear, 1, .3).Values, 1e-12);

    [Fact]
    public void Anchoring_a_tied_group_teaches_nothing()
    {
        var group = Group(AdvantageShaping.Anchor, 1, .4, .4, .4);

        Assert.True(group.IsDead);
        Assert.Equal([0, 0, 0, 0], group.Values);
    }

    [Fact]
    public void Grpo_normalises_what_was_sampled_alone() =>
        Near([0, 1, -1], Group(AdvantageShaping.None, null, .6, .7, .5).Values, 1e-9);

    [Fact]
    public void Format_is_added_after_the_shaping_and_never_shaped()
    {
        var group = GroupAdvantages.Of([new(.5, 1), new(.5)], new Reward(1, 1), AdvantageShaping.Nonlinear, s_paper);

        Near([s_paper.Map(.5) + 1, s_paper.Map(.5), s_paper.Map(1) + 1], group.Shaped, 1e-12);
    }

    [Fact]
    public void A_single_reward_cannot_be_normalised() =>
        Assert.Throws<ArgumentException>(() => Group(AdvantageShaping.None, null, .5));
}
