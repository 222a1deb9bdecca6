namespace TempSamp.Live.Trainer;

/// <summary>A window of a clip with the questions that are asked of it.</summary>
/// <param name="Clip">Index of the clip in its bank.</param>
/// <param name="From">First pair of the window.</param>
/// <param name="Questions">Span questions, then presence questions.</param>
public sealed record WindowDraw(int Clip, int From, IReadOnlyList<Question> Questions)
{
    private const int Tries = 10_000;

    /// <summary>Draws a window of <paramref name="pairs"/> seconds that holds something to ask of.</summary>
    /// <exception cref="TrainerException">No such window turns up: the clips are too short or hold too few events.</exception>
    public static WindowDraw Next(FeatureBank bank, int pairs, int spans, int presences, Random random)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var index = random.Next(bank.Count);
            var clip = bank.Clip(index);
            if (clip.Pairs < pairs) continue;
            var from = random.Next(clip.Pairs - pairs + 1);
            if (QuestionSampler.Draw(clip, from, from + pairs, spans, presences, random) is { } questions) return new(index, from, questions);
        }
        throw new TrainerException($"None of {Tries} windows of {pairs} s holds an event that happens once and lacks another: the {bank.Count} clips are too short or name too few events. Use shorter windows or other data.");
    }
}
