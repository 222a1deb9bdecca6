using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>What held-out questions were answered.</summary>
/// <param name="IoUs">One a question, always in the same order; 0 where the answer does not parse.</param>
/// <param name="Unparsed">Share of answers that do not parse.</param>
/// <param name="MeanTokens">Mean length of an answer in tokens.</param>
/// <param name="SecondsPerWindow">Wall-clock seconds for the questions of a window.</param>
public sealed record FreeScores(IReadOnlyList<double> IoUs, double Unparsed, double MeanTokens, double SecondsPerWindow)
{
    /// <summary>Mean IoU.</summary>
    public double MeanIoU => IoUs.Average();

    /// <summary>Share of answers whose IoU reaches a threshold.</summary>
    public double RecallAt(double threshold) => IoUs.Count(iou => iou >= threshold) / (double)IoUs.Count;
}

/// <summary>Scores a model as users meet it: free greedy decoding of its own words, with or without reasoning.</summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="profile">Its wording.</param>
/// <param name="bank">Held-out clips.</param>
public sealed class FreeAnswers(QwenModel model, ChatTokenizer tokenizer, GroundingProfile profile, FeatureBank bank)
{
    private const int WindowsAtOnce = 8;
    private const int Questions = 3;

    /// <summary>Asks three questions of each of <paramref name="windows"/> windows of <paramref name="pairs"/> seconds.</summary>
    /// <param name="windows">How many windows; rounded up to whole batches of 8.</param>
    /// <param name="pairs">Their length.</param>
    /// <param name="thinking">Whether the model is asked to reason first.</param>
    /// <param name="maxTokens">Most tokens of an answer.</param>
    /// <param name="seed">The same seed asks the same questions.</param>
    public FreeScores Measure(int windows, int pairs, bool thinking, int maxTokens, int seed)
    {
        var end = tokenizer.TokenId(ChatTokens.TurnEnd);
        var prompt = new SharedPrompt(tokenizer, profile, model.Config);
        var sampler = new RolloutSampler(model, prompt, tokenizer, end);
        var builder = new GroupBuilder(tokenizer, profile, end, new());
        var random = new Random(seed);
        var answers = new List<(Completion Said, AnswerSpan Truth)>();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var asked = 0;
        for (; asked < windows; asked += WindowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var drawn = Enumerable.Range(0, WindowsAtOnce).Select(_ => WindowDraw.Next(bank, pairs, Questions, 0, random)).ToArray();
            var features = stack(drawn.Select(w => bank.Window(w.Clip, w.From, pairs, prompt.TokensPerPair)));
            var rows = drawn.Select(w => w.Questions.Select(q => builder.Ask(q, thinking)).ToArray()).ToArray();
            var said = sampler.Sample(features.to(model.Device), pairs, rows, new(1, maxTokens, Temperature: 0), seed);
            answers.AddRange(rows.SelectMany((row, r) => row.Select((q, i) => (said[r][i][0], q.Truth))));
        }
        return new([.. answers.Select(a => Rewards.IoU(a.Said.Text, a.Truth))],
            answers.Average(a => GroundingAnswer.Parse(a.Said.Text) is null ? 1.0 : 0),
            answers.Average(a => a.Said.Tokens.Length), clock.Elapsed.TotalSeconds / asked);
    }
}
