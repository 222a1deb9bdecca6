namespace TempSamp.Live.Trainer.Tests;

public class LearningRateTests
{
    private readonly LearningRate _rate = new(Peak: 1, WarmUp: 10, Steps: 110);

    [Fact]
    public void Rate_rises_linearly_to_its_peak() => Assert.Equal([0.1, 0.5, 1], new[] { 0, 4, 9 }.Select(s => _rate.At(s)), Near);

    [Fact]
    public void Rate_is_half_its_peak_in_the_middle_of_the_fall() => Assert.Equal(0.5, _rate.At(60), 0.001);

    [Fact]
    public void Rate_ends_at_a_thousandth_of_its_peak() => Assert.Equal(0.001, _rate.At(110), 1e-9);

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-9;
}
