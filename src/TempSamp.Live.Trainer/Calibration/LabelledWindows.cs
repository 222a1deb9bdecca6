using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using TempSamp.Live.Core;
using TempSamp.Live.Grounding;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>A window of labelled video as serving judged it, with the truth beside it.</summary>
/// <param name="Verdict">What was said.</param>
/// <param name="IsPresent">Whether the event is in the window.</param>
/// <param name="IoU">Of the verdict's span with the part of the event inside the window; 0 where there is none.</param>
/// <param name="LiteralIoU">The same of the span as the model spelt it.</param>
public sealed record LabelledWindow(WindowVerdict Verdict, bool IsPresent, double IoU, double LiteralIoU);

/// <summary>Plays labelled clips to the serving engine as if they were live, and labels every verdict.</summary>
/// <remarks>An event that reaches into a window and does not count as seen there (<see cref="ClipConcept.In"/>) is neither there nor not: such windows are left out.</remarks>
public sealed class LabelledWindows(GroundingModel model, GpuThread gpu)
{
    /// <summary>Judges the windows of clips, hop after hop.</summary>
    /// <param name="clips">What to play.</param>
    /// <param name="queries">Queries a clip, half of them kinds that it shows where it shows so many; in any window most do not happen.</param>
    /// <param name="seed">Of the choice of queries and sentences.</param>
    /// <param name="cancel">Stops between frames.</param>
    public async IAsyncEnumerable<LabelledWindow> JudgeAsync(IEnumerable<TrainingClip> clips, int queries, int seed, [EnumeratorCancellation] CancellationToken cancel)
    {
        var random = new Random(seed);
        var finder = new MomentFinder(model, gpu, NullLogger<MomentFinder>.Instance);
        foreach (var clip in clips)
        {
            var asked = Choose(clip, queries, random);
            var plan = new StreamPlan("clip", "file:clip", [.. asked.Select(a => new HighlightQuery(a.Concept.Kind, a.Text, 0.5, ClipPolicy.Default))], finder.Profile, new(TimeSpan.FromSeconds(10), 1 << 20));
            await using var search = finder.Begin(plan);
            for (var slot = 0; slot < 2 * clip.Pairs; slot++)
                foreach (var verdict in await search.PushAsync(new(slot, MediaTime.FromSeconds(slot / 2.0), model.Size.Width, model.Size.Height, clip.Frame(slot), 0), cancel))
                    if (Label(verdict, asked.First(a => a.Concept.Kind == verdict.QueryId).Concept) is { } labelled) yield return labelled;
        }
    }

    private static List<(ClipConcept Concept, string Text)> Choose(TrainingClip clip, int queries, Random random)
    {
        var shown = clip.Concepts.Where(c => c.Spans.Count > 0).OrderBy(_ => random.Next()).ToList();
        var absent = clip.Concepts.Where(c => c.Spans.Count == 0).OrderBy(_ => random.Next()).ToList();
        var few = shown.Take(Math.Max(queries / 2, queries - absent.Count)).ToList();
        return [.. few.Concat(absent.Take(queries - few.Count)).Select(c => (c, c.Texts[random.Next(c.Texts.Count)]))];
    }

    private static LabelledWindow? Label(WindowVerdict verdict, ClipConcept concept)
    {
        var (from, to) = (verdict.Window.Start.Seconds, verdict.Window.End.Seconds);
        var (inside, seen) = concept.In(from, to);
        if (inside == 0) return new(verdict, false, 0, 0);
        if (seen.Count == 0) return null;
        AnswerSpan? said = verdict.Span is { } span ? new(span.Start.Seconds - from, span.End.Seconds - from) : null;
        return new(verdict, true, Best(said), Best(GroundingAnswer.Parse(verdict.Answer)));

        double Best(AnswerSpan? answer) => answer is { } a ? seen.Max(a.IoU) : 0;
    }
}
