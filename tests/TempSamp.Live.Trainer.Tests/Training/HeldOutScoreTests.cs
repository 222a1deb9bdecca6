namespace TempSamp.Live.Trainer.Tests;

public class HeldOutScoreTests
{
    [Fact]
    public void Auroc_is_the_share_of_pairs_in_the_right_order_with_ties_as_half() =>
        Assert.Equal((2 + 1 + 0.5) / 4, HeldOutScore.Auroc([(3, true), (1, true), (1, false), (0, false)]));

    [Fact]
    public void Auroc_of_one_class_is_not_a_number() => Assert.True(double.IsNaN(HeldOutScore.Auroc([(1, true)])));
}
