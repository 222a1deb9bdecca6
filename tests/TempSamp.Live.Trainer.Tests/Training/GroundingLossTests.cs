using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

public class GroundingLossTests
{
    private static readonly LossWeights s_weights = new([3, 1, 1, 1, 1, 1], Template: 0.5, Presence: 2);

    public GroundingLossTests() => TorchRuntime.Ensure();

    [Fact]
    public void Each_kind_of_token_has_its_own_mean()
    {
        // Uniform logits over 4 tokens: every token's cross-entropy is ln 4, whatever their number.
        PredictedToken[] tokens =
        [
            new(0, 0, 1, TokenRole.Digit, 0, 0), new(0, 1, 2, TokenRole.Template, 0, 0), new(0, 2, 2, TokenRole.Template, 0, 0),
            new(0, 3, 2, TokenRole.Template, 0, 0), new(0, 4, 3, TokenRole.Presence, 0, 1),
        ];
        using var loss = GroundingLoss.Of(zeros(5, 4), tokens, s_weights);

        Assert.Equal((1 + 0.5 + 2) * Math.Log(4), loss.item<float>(), 1e-5);
    }

    [Fact]
    public void A_wrong_first_digit_costs_more_than_a_wrong_second_one()
    {
        PredictedToken[] tokens = [new(0, 0, 1, TokenRole.Digit, 0, 0), new(0, 1, 1, TokenRole.Digit, 1, 0)];
        using var right = tensor(new float[] { 0, 8 });
        using var wrong = tensor(new float[] { 8, 0 });

        using var first = GroundingLoss.Of(stack([wrong, right]), tokens, s_weights);
        using var second = GroundingLoss.Of(stack([right, wrong]), tokens, s_weights);

        Assert.Equal(3, first.item<float>() / second.item<float>(), 0.01);
    }
}
