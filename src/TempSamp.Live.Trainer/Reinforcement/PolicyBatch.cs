using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Windows of one length with their features and questions.</summary>
/// <param name="Pairs">Length in frame pairs.</param>
/// <param name="Features">[B, pairs * tokens, D] from the frozen tower; the caller's to free.</param>
/// <param name="Questions">B rows of equally many span questions.</param>
public sealed record PolicyBatch(int Pairs, Tensor Features, IReadOnlyList<IReadOnlyList<Question>> Questions)
{
    private const int Tries = 10_000;

    /// <summary>Draws windows of <see cref="PolicyOptions.WindowSeconds"/>, or one whole video where that is 0.</summary>
    /// <param name="bank">Encoded clips.</param>
    /// <param name="options">How many of what.</param>
    /// <param name="tokensPerPair">Video tokens of a pair.</param>
    /// <param name="random">Decides everything drawn.</param>
    /// <exception cref="TrainerException">The clips hold nothing to ask.</exception>
    public static PolicyBatch Draw(FeatureBank bank, PolicyOptions options, int tokensPerPair, Random random)
    {
        if (options.WindowSeconds == 0) return Whole(bank, options.Questions, tokensPerPair, random);
        using var scope = NewDisposeScope();
        var windows = Enumerable.Range(0, options.Windows).Select(_ => WindowDraw.Next(bank, options.WindowSeconds, options.Questions, 0, random)).ToList();
        var features = stack(windows.Select(w => bank.Window(w.Clip, w.From, options.WindowSeconds, tokensPerPair)));
        return new(options.WindowSeconds, features.MoveToOuterDisposeScope(), [.. windows.Select(w => w.Questions)]);
    }

    private static PolicyBatch Whole(FeatureBank bank, int questions, int tokensPerPair, Random random)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var index = random.Next(bank.Count);
            var pairs = bank.Clip(index).Pairs;
            if (QuestionSampler.Draw(bank.Clip(index), 0, pairs, questions, presences: 0, random) is { } drawn)
                return new(pairs, bank.Window(index, 0, pairs, tokensPerPair).unsqueeze(0), [drawn]);
        }
        throw new TrainerException($"None of {bank.Count} videos has a sentence with one span: there is nothing to ask.");
    }
}
