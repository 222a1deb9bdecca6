using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Something that can be asked of a clip: sentences with one meaning, and when it happens.</summary>
/// <param name="Kind">Name of the meaning; clips that share kinds can share a classifier.</param>
/// <param name="Texts">Paraphrases to draw from.</param>
/// <param name="Spans">Every time it happens; empty when it does not.</param>
public sealed record ClipConcept(string Kind, IReadOnlyList<string> Texts, IReadOnlyList<AnswerSpan> Spans)
{
    /// <summary>Score from 0 to 4 of the clip's stretches of 2 seconds that were scored; null where none were.</summary>
    public IReadOnlyDictionary<int, double>? Saliency { get; init; }

    /// <summary>An event cut by a window's edge counts as seen when so much of it, and so many seconds, are inside.</summary>
    private const double SeenShare = 0.5, SeenSeconds = 1;

    /// <summary>What a window [<paramref name="from"/>, <paramref name="to"/>) shows of the concept.</summary>
    /// <returns>How many of its events reach into the window, and of those that count as seen the parts inside, in seconds from the window's start.</returns>
    public (int Inside, IReadOnlyList<AnswerSpan> Seen) In(double from, double to)
    {
        var inside = Spans.Where(s => s.Start < to && s.End > from).Select(s => (Whole: s, Part: new AnswerSpan(Math.Max(s.Start, from) - from, Math.Min(s.End, to) - from))).ToList();
        return (inside.Count, [.. inside.Where(s => s.Part.End - s.Part.Start >= Math.Max(SeenSeconds, SeenShare * (s.Whole.End - s.Whole.Start))).Select(s => s.Part)]);
    }
}

/// <summary>A labelled stretch of video to learn from.</summary>
/// <param name="Pairs">Length in frame pairs, which are seconds.</param>
/// <param name="Concepts">What can be asked of it.</param>
/// <param name="Frame">The RGB24 frame of a slot (two a second), <c>[height, width, 3]</c>.</param>
public sealed record TrainingClip(int Pairs, IReadOnlyList<ClipConcept> Concepts, Func<int, byte[]> Frame)
{
    /// <summary>Names the pictures, so that what was computed from them can be found again: two clips of one name show the same. Null where nothing may be kept.</summary>
    public Func<string>? Identity { get; init; }

    /// <summary>Slots that the video really has; null where it has all.</summary>
    public Func<int>? Slots { get; init; }
}
