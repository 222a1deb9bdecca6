using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Scores a policy on held-out windows, or whole videos, by what it writes when the likeliest token is taken each time: for any form of answer.</summary>
public sealed class FreeScore(QwenModel model, ChatTokenizer tokenizer, GroundingProfile profile, FeatureBank bank, PolicyOptions options, ScalarType type)
{
    /// <summary>Asks <paramref name="windows"/> windows, drawn with <paramref name="seed"/>. Of highlight questions the reward stands for the IoU.</summary>
    public WindowScores Measure(int windows, int seed)
    {
        var prompt = new SharedPrompt(tokenizer, profile, model.Config);
        var end = tokenizer.TokenId(ChatTokens.TurnEnd);
        var asked = options with { Method = PolicyMethod.Grpo, Windows = 1, Presences = 0, Control = NegativeControl.None };
        var (builder, sampler) = (new GroupBuilder(tokenizer, profile, end, asked), new RolloutSampler(model, prompt, tokenizer, end));
        var random = new Random(seed);
        var found = new List<double>();
        for (var done = 0; done < windows; done++)
        {
            using var quiet = no_grad();
            using var scope = NewDisposeScope();
            var batch = PolicyBatch.Draw(bank, asked, prompt.TokensPerPair, type, random);
            PolicyQuestion[][] questions = [[.. batch.Questions[0].Select(q => builder.Ask(q, thinking: false))]];
            var answers = sampler.Sample(batch.Features.to(type, model.Device), batch.Pairs, questions, new(1, options.AnswerTokens, Temperature: 0), seed)[0];
            found.AddRange(questions[0].Zip(answers, (question, answer) => builder.Earned(answer[0], question, thinking: false).Task));
        }
        double Share(double least) => found.Count(f => f >= least) / (double)found.Count;
        return new(found.Count, Share(0.3), Share(0.5), Share(0.7), found.Average(), 0, double.NaN);
    }
}
