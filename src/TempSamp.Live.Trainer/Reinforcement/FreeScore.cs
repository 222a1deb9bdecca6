using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Scores a policy on held-out windows, or whole videos, one at a time, by what it writes when nothing is forced: for any form of answer.</summary>
public sealed class FreeScore(QwenModel model, ChatTokenizer tokenizer, GroundingProfile profile, FeatureBank bank, PolicyOptions options, ScalarType type)
{
    /// <summary>Asks <paramref name="windows"/> windows, drawn with <paramref name="seed"/>. Of highlight questions the reward stands for the IoU.</summary>
    public WindowScores Measure(int windows, int seed)
    {
        var found = new FreeAnswers(model, tokenizer, profile, bank, options with { Windows = 1 }, type).Measure(windows, thinking: false, seed);
        return new(found.Rewards.Count, found.ShareAt(0.3), found.ShareAt(0.5), found.ShareAt(0.7), found.Rewards.Average(), 0, double.NaN);
    }
}
