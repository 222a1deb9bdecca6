namespace TempSamp.Live.Trainer.Tests;

public class ExperimentTableTests
{
    private static ExperimentResult Run(string arm, int seed, params double[] ious) => new() { Arm = arm, Seed = seed, IoUs = ious, Unparsed = 0, MeanTokens = 9, SecondsPerWindow = 1 };

    [Fact]
    public void A_gain_on_every_question_excludes_zero()
    {
        var difference = ExperimentTable.Difference([Run("b", 1, 0.6, 0.7, 0.8, 0.9)], [Run("a", 1, 0.5, 0.6, 0.7, 0.8)])!.Value;
        Assert.Equal(0.1, difference.Mean, 9);
        Assert.True(difference.Low > 0);
    }

    [Fact]
    public void Gains_and_losses_that_balance_include_zero()
    {
        var difference = ExperimentTable.Difference([Run("b", 1, 1, 0, 1, 0)], [Run("a", 1, 0, 1, 0, 1)])!.Value;
        Assert.Equal(0, difference.Mean, 9);
        Assert.InRange(0, difference.Low, difference.High);
    }

    [Fact]
    public void Only_seeds_that_both_have_are_compared()
    {
        Assert.Null(ExperimentTable.Difference([Run("b", 2, 1)], [Run("a", 1, 0)]));
        Assert.Equal(0.5, ExperimentTable.Difference([Run("b", 2, 1), Run("b", 1, 0.5)], [Run("a", 1, 0)])!.Value.Mean, 9);
    }

    [Fact]
    public void A_line_shows_mean_and_deviation_over_the_seeds()
    {
        var line = ExperimentTable.Lines([Run("a", 1, 0.4, 0.6), Run("a", 2, 0.6, 0.8)], "a").Last();
        Assert.StartsWith("| a | 2 | 0.600 ± 0.141 | 100.0 ± 0.0 | 75.0 ± 35.4 | 25.0 ± 35.4 |", line, StringComparison.Ordinal);
    }
}
