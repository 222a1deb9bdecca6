using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public class LogProbabilityGoldenTests
{
    [Fact]
    public void Log_probabilities_and_entropy_are_those_of_the_reference() => Assert.All(GoldenTensors.Cases("logprobs"), golden =>
    {
        using var scope = NewDisposeScope();
        var (plain, warm) = (Score(golden, 1), Score(golden, 0.7));
        Assert.Null(golden.Difference("out.token_logprobs", plain.Tokens));
        Assert.Null(golden.Difference("out.entropy", plain.Entropy));
        Assert.Null(golden.Difference("out.sum_logprob", plain.Tokens.sum(-1)));
        Assert.Null(golden.Difference("out.token_logprobs_t07", warm.Tokens));
    });

    [Fact]
    public void Another_temperature_is_noticed()
    {
        using var scope = NewDisposeScope();
        Assert.All(GoldenTensors.Cases("logprobs"), golden => Assert.NotNull(golden.Difference("out.token_logprobs_t07", Score(golden, 0.71).Tokens)));
    }

    private static TokenLogProbabilities Score(GoldenCase golden, double temperature)
    {
        using var off = no_grad();
        var model = golden.SharedModel();
        return LogProbabilities.Of(model, golden.HiddenStates(model), golden.Longs("in.input_ids"), golden.Longs("in.completion_mask").to(ScalarType.Bool), temperature);
    }
}
