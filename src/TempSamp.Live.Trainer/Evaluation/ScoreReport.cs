using System.Text.Json.Nodes;

namespace TempSamp.Live.Trainer;

/// <summary>What a file of predictions is scored as.</summary>
public enum ScoreTask
{
    /// <summary>One span a question: R1 at three overlaps and the mean overlap.</summary>
    Moment,

    /// <summary>QVHighlights: ranked windows and saliency of clips.</summary>
    Highlight,
}

/// <summary>Scores of a file of predictions, in percent, and what was odd about it.</summary>
/// <param name="Metrics">The scores.</param>
/// <param name="Warnings">Counts of rows and windows that were left out or counted as misses.</param>
public sealed record ScoreReport(JsonObject Metrics, JsonObject Warnings)
{
    /// <summary>
    /// Scores predictions against annotations. Highlights that a model has put into words are scored under both <see cref="ClipMapping"/>s, because a score means nothing
    /// without its mapping.
    /// </summary>
    /// <exception cref="TrainerException">A file cannot be read; the message names it and the line.</exception>
    public static ScoreReport Of(ScoreTask task, string predictions, string annotations)
    {
        var (truths, predicted) = (QueryTruth.ReadAll(annotations), PredictionSet.Read(predictions));
        var metrics = task == ScoreTask.Moment ? MomentScore.Measure(truths, predicted) : [];
        if (task == ScoreTask.Highlight && predicted.HasWindows)
            foreach (var block in MomentRetrieval.Measure(truths, predicted)) metrics.Add(block);
        if (task == ScoreTask.Highlight && predicted.HasSaliency)
            foreach (var block in HighlightDetection.Measure(truths, predicted)) metrics.Add(block);
        if (task == ScoreTask.Highlight && predicted.HasMoments)
            foreach (var mapping in Enum.GetValues<ClipMapping>())
                foreach (var block in HighlightDetection.Measure(truths, predicted.Mapped(mapping, truths))) metrics.Add($"{block.Key} ({mapping.ToString().ToLowerInvariant()} clips)", block.Value);
        if (metrics.Count == 0)
            throw new TrainerException($"{predictions} predicts neither windows nor saliency: rows need pred_relevant_windows, pred_saliency_scores, span or answer.");
        return new(metrics, Odd(truths, predicted));
    }

    private static JsonObject Odd(IReadOnlyList<QueryTruth> truths, PredictionSet predicted)
    {
        var asked = truths.Select(t => t.Id).ToHashSet();
        return new()
        {
            ["invalid_windows"] = truths.Sum(t => predicted.Of(t).Windows.Count(w => !w.IsValid)),
            ["missing_queries"] = asked.Count(id => !predicted.ById.ContainsKey(id)),
            ["extra_queries"] = predicted.ById.Keys.Count(id => !asked.Contains(id)),
            ["duplicate_queries"] = predicted.Duplicates,
            ["invalid_saliency"] = predicted.HasSaliency ? truths.Count(t => predicted.Of(t).Saliency is null) : 0,
            ["gt_without_window"] = truths.Count(t => t.Windows.Count == 0),
        };
    }
}
