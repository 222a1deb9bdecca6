namespace TempSamp.Live.Trainer.Tests;

public class ReliabilityTests
{
    [Fact]
    public void Auroc_counts_pairs_in_order_and_ties_half()
    {
        Assert.Equal(1, Reliability.Auroc([(0.1, false), (0.9, true)]));
        Assert.Equal(0.5, Reliability.Auroc([(0.5, false), (0.5, true)]));
        Assert.Equal((1 + 1 + 0.5 + 0) / 4, Reliability.Auroc([(0.2, false), (0.6, false), (0.6, true), (0.3, true)]) + 0.0, 1e-9);
        Assert.True(double.IsNaN(Reliability.Auroc([(0.5, true)])));
    }

    [Fact]
    public void Auroc_is_the_share_of_pairs_in_the_right_order_with_ties_as_half() =>
        Assert.Equal((2 + 1 + 0.5) / 4, Reliability.Auroc([(3, true), (1, true), (1, false), (0, false)]));

    [Fact]
    public void Auroc_of_one_class_is_not_a_number() => Assert.True(double.IsNaN(Reliability.Auroc([(1, true)])));

    [Fact]
    public void Calibration_error_is_the_distance_between_what_is_said_and_what_is_true()
    {
        Assert.Equal(0, Reliability.CalibrationError([(1, true), (0, false)]));
        Assert.Equal(0.4, Reliability.CalibrationError([(0.9, true), (0.9, false)]), 1e-9);
        Assert.Equal(0.25, Reliability.CalibrationError([(0.9, true), (0.9, false), (0.1, false), (0.1, false)]), 1e-9);
    }
}
