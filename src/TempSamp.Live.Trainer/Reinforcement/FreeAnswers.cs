using System.Diagnostics;
using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>What held-out questions were answered.</summary>
/// <param name="Rewards">Task reward of each question, always in the same order: IoU, or the highlight reward; 0 where the answer does not parse.</param>
/// <param name="Unparsed">Share of answers that do not parse.</param>
/// <param name="MeanTokens">Mean length of an answer in tokens.</param>
/// <param name="SecondsPerWindow">Wall-clock seconds for the questions of a window.</param>
public sealed record FreeScores(IReadOnlyList<double> Rewards, double Unparsed, double MeanTokens, double SecondsPerWindow)
{
    /// <summary>Share of answers whose reward reaches a threshold.</summary>
    public double ShareAt(double threshold) => Rewards.Count(r => r >= threshold) / (double)Rewards.Count;
}

/// <summary>Scores a model as users meet it: free greedy decoding of its own words, with or without reasoning, for any form of answer.</summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="profile">Its wording.</param>
/// <param name="bank">Held-out clips.</param>
/// <param name="options">What is asked, how many windows at once, and how long an answer may be.</param>
/// <param name="type">Type that is computed in.</param>
public sealed class FreeAnswers(QwenModel model, ChatTokenizer tokenizer, GroundingProfile profile, FeatureBank bank, PolicyOptions options, ScalarType type)
{
    /// <summary>Asks <paramref name="windows"/> windows, or whole videos.</summary>
    /// <param name="windows">How many; rounded up to whole batches of <see cref="PolicyOptions.Windows"/>.</param>
    /// <param name="thinking">Whether the model is asked to reason first.</param>
    /// <param name="seed">The same seed asks the same questions.</param>
    public FreeScores Measure(int windows, bool thinking, int seed)
    {
        var end = tokenizer.TokenId(ChatTokens.TurnEnd);
        var prompt = new SharedPrompt(tokenizer, profile, model.Config);
        var asked = options with { Method = PolicyMethod.Grpo, Presences = 0, ShortestSeconds = 0, Control = NegativeControl.None };
        var builder = new GroupBuilder(tokenizer, profile, end, asked);
        using var sampler = new RolloutSampler(model, prompt, tokenizer, end);
        var rollouts = new RolloutOptions(1, thinking ? options.ThoughtTokens : options.AnswerTokens, Temperature: 0);
        var random = new Random(seed);
        var answers = new List<(Completion Said, PolicyQuestion Question)>();
        var (clock, done) = (Stopwatch.StartNew(), 0);
        while (done < windows)
        {
            using var quiet = no_grad();
            using var scope = NewDisposeScope();
            var batch = PolicyBatch.Draw(bank, asked, prompt.TokensPerPair, type, random);
            var rows = batch.Questions.Select(row => row.Select(q => builder.Ask(q, thinking)).ToArray()).ToArray();
            var said = sampler.Sample(batch.Features.to(type, model.Device), batch.Pairs, rows, rollouts, seed);
            answers.AddRange(rows.SelectMany((row, r) => row.Select((q, i) => (said[r][i][0], q))));
            done += rows.Length;
        }
        return new(
            [.. answers.Select(a => builder.Earned(a.Said, a.Question, thinking).Task)], answers.Average(a => StepReport.Parses(a.Said, a.Question) ? 0.0 : 1),
            answers.Average(a => a.Said.Tokens.Length), clock.Elapsed.TotalSeconds / done);
    }
}
