using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>One question of a window with the answer that it should get.</summary>
/// <param name="Text">The query.</param>
/// <param name="Kind">Which concept it asks for.</param>
/// <param name="IsPresence">Whether it asks if the event happens (yes or no) or when (a span).</param>
/// <param name="Span">When it happens, in seconds from the window's start; null when it does not.</param>
public sealed record Question(string Text, string Kind, bool IsPresence, AnswerSpan? Span)
{
    /// <summary>Scores of the clips to name; null where the question does not ask for highlights.</summary>
    public IReadOnlyDictionary<int, double>? Highlights { get; init; }
}

/// <summary>Draws questions for windows: spans of events that happen once, presence of events that do and that do not.</summary>
public static class QuestionSampler
{
    /// <summary>
    /// <paramref name="spans"/> span questions, then <paramref name="presences"/> presence questions of which about half are to be denied.
    /// Null when the window [<paramref name="from"/>, <paramref name="to"/>) holds nothing to ask a span of.
    /// </summary>
    /// <remarks>
    /// An event that the window's end cuts is neither affirmed nor denied while the clip goes on: a shot on its way is not yet a goal, and not yet a miss. What it might have
    /// become instead is denied, so a model learns to wait for the outcome.
    /// </remarks>
    public static IReadOnlyList<Question>? Draw(TrainingClip clip, double from, double to, int spans, int presences, Random random)
    {
        var once = new List<(ClipConcept Concept, AnswerSpan Span)>();
        var present = new List<(ClipConcept Concept, AnswerSpan Span)>();
        var absent = new List<ClipConcept>();
        foreach (var concept in clip.Concepts)
        {
            var (inside, seen) = concept.In(from, to);
            AnswerSpan[] over = [.. seen.Where(s => s.End < to - from || to >= clip.Pairs)];
            if (inside == 0) absent.Add(concept);
            else if (over.Length > 0) present.Add((concept, over[0]));
            if (inside == 1 && seen.Count == 1) once.Add((concept, seen[0]));
        }
        if (once.Count == 0 || (presences > 0 && absent.Count == 0)) return null;

        var questions = new List<Question>(spans + presences);
        var order = once.OrderBy(_ => random.Next()).ToList();
        for (var i = 0; i < spans; i++)
        {
            var (concept, span) = order[i % order.Count];
            questions.Add(new(Pick(concept.Texts, random), concept.Kind, false, span));
        }
        var yes = present.OrderBy(_ => random.Next()).ToList();
        var no = absent.OrderBy(_ => random.Next()).ToList();
        for (var i = 0; i < presences; i++)
        {
            if (i % 2 == 0 && yes.Count > 0) questions.Add(new(Pick(yes[i / 2 % yes.Count].Concept.Texts, random), yes[i / 2 % yes.Count].Concept.Kind, true, yes[i / 2 % yes.Count].Span));
            else questions.Add(new(Pick(no[i / 2 % no.Count].Texts, random), no[i / 2 % no.Count].Kind, true, null));
        }
        return questions;
    }

    /// <summary>Highlight questions of a whole clip; null when nothing of it is scored.</summary>
    public static IReadOnlyList<Question>? DrawHighlights(TrainingClip clip, int count, Random random)
    {
        var scored = clip.Concepts.Where(c => c.Saliency is { Count: > 0 } && c.Spans.Count > 0).OrderBy(_ => random.Next()).ToList();
        return scored.Count == 0 ? null : [.. Enumerable.Range(0, count).Select(i => scored[i % scored.Count])
            .Select(c => new Question(Pick(c.Texts, random), c.Kind, false, c.Spans[0]) { Highlights = c.Saliency })];
    }

    private static string Pick(IReadOnlyList<string> texts, Random random) => texts[random.Next(texts.Count)];
}
