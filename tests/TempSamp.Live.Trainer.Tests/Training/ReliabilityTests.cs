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
    public void Calibration_error_is_the_distance_between_what_is_said_and_what_is_true()
    {
        Assert.Equal(0, Reliability.CalibrationError([(1, true), (0, false)]));
        Assert.Equal(0.4, Reliability.CalibrationError([(0.9, true), (0.9, false)]), 1e-9);
        Assert.Equal(0.25, Reliability.CalibrationError([(0.9, true), (0.9, false), (0.1, false), (0.1, false)]), 1e-9);
    }
}
