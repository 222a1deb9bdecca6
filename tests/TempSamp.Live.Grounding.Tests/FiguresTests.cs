using TempSamp.Live.Testing;

namespace TempSamp.Live.Grounding.Tests;

public class FiguresTests
{
    [Fact]
    public void A_figure_that_could_not_be_taken_is_printed_as_null() =>
        Assert.Equal(
            """{"Ratio":null,"Age":null,"Share":0.5}""",
            Figures.ToJson(new { Ratio = 0.0 / 0, Age = Figures.Quantile([], 0.95), Share = 0.5 }));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2)]
    [InlineData(0.95, 4)]
    [InlineData(1, 4)]
    public void A_quantile_is_one_of_the_values(double share, double wanted) => Assert.Equal(wanted, Figures.Quantile([4, 2, 1, 3], share));

    [Fact]
    public void Nothing_has_neither_median_nor_mean()
    {
        Assert.Equal(double.NaN, Figures.Median([]));
        Assert.Equal(double.NaN, Figures.Mean([]));
    }
}
