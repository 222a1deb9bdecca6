namespace TempSamp.Live.Trainer;

/// <summary>A window of a clip with the questions that are asked of it.</summary>
/// <param name="Clip">Index of the clip in its bank.</param>
/// <param name="From">First pair of the window.</param>
/// <param name="Questions">Span questions, then presence questions.</param>
public sealed record WindowDraw(int Clip, int From, IReadOnlyList<Question> Questions)
{
    private const int Tries = 10_000;

    /// <summary>Draws a window of <paramref name="pairs"/> seconds that holds something to ask of.</summary>
    /// <param name="bank">Clips to draw from.</param>
    /// <param name="pairs">Length of the window.</param>
    /// <param name="spans">Span questions.</param>
    /// <param name="presences">Yes-or-no questions.</param>
    /// <param name="random">Decides.</param>
    /// <param name="edges">Share of the windows that end while an event goes on, where one does; the others begin anywhere.</param>
    /// <exception cref="TrainerException">No such window turns up: the clips are too short or hold too few events.</exception>
    public static WindowDraw Next(FeatureBank bank, int pairs, int spans, int presences, Random random, double edges = 0)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var index = random.Next(bank.Count);
            var clip = bank.Clip(index);
            if (clip.Pairs < pairs) continue;
            var isCut = edges > 0 && random.NextDouble() < edges;
            var from = (isCut ? EndingInside(clip, pairs, random) : null) ?? random.Next(clip.Pairs - pairs + 1);
            if (QuestionSampler.Draw(clip, from, from + pairs, spans, presences, random) is { } questions) return new(index, from, questions);
        }
        throw new TrainerException($"None of {Tries} windows of {pairs} s holds an event that happens once and lacks another: the {bank.Count} clips are too short or name too few events. Use shorter windows or other data.");
    }

    /// <summary>Where a window begins whose last second is one of an event's; null where the clip has none.</summary>
    internal static int? EndingInside(TrainingClip clip, int pairs, Random random)
    {
        var events = clip.Concepts.SelectMany(c => c.Spans).ToList();
        if (events.Count == 0) return null;
        var cut = events[random.Next(events.Count)];
        var end = (int)Math.Ceiling(cut.Start + random.NextDouble() * (cut.End - cut.Start));
        return Math.Clamp(end - pairs, 0, clip.Pairs - pairs);
    }
}
