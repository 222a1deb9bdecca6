using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Windows of one length with their features and questions.</summary>
/// <param name="Pairs">Length in frame pairs.</param>
/// <param name="Features">[B, pairs * tokens, D]; the caller's to free.</param>
/// <param name="Questions">B rows of equally many questions with a span or highlights to name.</param>
/// <param name="Presences">B rows of yes-or-no questions.</param>
public sealed record PolicyBatch(int Pairs, Tensor Features, IReadOnlyList<IReadOnlyList<Question>> Questions, IReadOnlyList<IReadOnlyList<Question>> Presences)
{
    private const int Tries = 10_000;

    /// <summary>Draws windows of one length, at most <see cref="PolicyOptions.WindowSeconds"/>, or one whole video where that is 0.</summary>
    /// <param name="bank">Encoded clips.</param>
    /// <param name="options">How many of what.</param>
    /// <param name="tokensPerPair">Video tokens of a pair.</param>
    /// <param name="type">Type that is computed in.</param>
    /// <param name="random">Decides everything drawn.</param>
    /// <exception cref="TrainerException">The clips hold nothing to ask.</exception>
    public static PolicyBatch Draw(FeatureBank bank, PolicyOptions options, int tokensPerPair, ScalarType type, Random random)
    {
        using var scope = NewDisposeScope();
        var seconds = options.ShortestSeconds > 0 ? random.Next(options.ShortestSeconds, options.WindowSeconds + 1) : options.WindowSeconds;
        var windows = seconds == 0
            ? [Whole(bank, options, random)]
            : Enumerable.Range(0, options.Windows).Select(_ => WindowDraw.Next(bank, seconds, options.Questions, options.Presences, random, options.EdgeShare)).ToList();
        var pairs = seconds == 0 ? bank.Clip(windows[0].Clip).Pairs : seconds;
        var features = stack(windows.Select(w => bank.Window(w.Clip, w.From, pairs, tokensPerPair, type)));
        return new(pairs, features.MoveToOuterDisposeScope(), [.. windows.Select(w => w.Questions.Where(q => !q.IsPresence).ToArray())], [.. windows.Select(w => w.Questions.Where(q => q.IsPresence).ToArray())]);
    }

    private static WindowDraw Whole(FeatureBank bank, PolicyOptions options, Random random)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var index = random.Next(bank.Count);
            var clip = bank.Clip(index);
            var drawn = options.Task == PolicyTask.Highlight ? QuestionSampler.DrawHighlights(clip, options.Questions, random)
                : QuestionSampler.Draw(clip, 0, clip.Pairs, options.Questions, options.Presences, random);
            if (drawn is not null) return new(index, 0, drawn);
        }
        throw new TrainerException(options.Task == PolicyTask.Highlight
            ? $"None of {bank.Count} videos has saliency scores: highlights are learnt from annotations that hold them, such as QVHighlights'."
            : $"None of {bank.Count} videos has a sentence with one span{(options.Presences > 0 ? " and another whose event does not happen, for --presences" : "")}: there is nothing to ask.");
    }
}
