using System.Globalization;
using System.Text.Json.Nodes;

namespace TempSamp.Live.Trainer;

/// <summary>
/// Temporal grounding as Charades-STA and ActivityNet score it: the first predicted window of each question against the best-overlapping true one. A question
/// without an answer, or with one that is no window, is a miss and stays in the mean.
/// </summary>
internal static class MomentScore
{
    /// <summary>Overlaps that count as found.</summary>
    public static readonly IReadOnlyList<double> Thresholds = [0.3, 0.5, 0.7];

    /// <summary>Number of questions, share found at each threshold and mean overlap, in percent. Questions whose event does not happen are left out.</summary>
    public static JsonObject Measure(IReadOnlyList<QueryTruth> truths, PredictionSet predictions)
    {
        var overlaps = truths.Where(t => t.Windows.Count > 0).Select(t => Overlap(predictions.Of(t), t.Windows)).ToArray();
        var metrics = new JsonObject { ["n"] = overlaps.Length };
        foreach (var threshold in Thresholds)
            metrics[string.Create(CultureInfo.InvariantCulture, $"R1@{threshold}")] = Percent(overlaps, o => o >= threshold ? 1 : 0);
        metrics["mIoU"] = Percent(overlaps, o => o);
        return metrics;
    }

    /// <summary>Overlap of the first listed window with the true window that it overlaps most; 0 for none.</summary>
    public static double Overlap(Prediction prediction, IReadOnlyList<TimeWindow> truth) =>
        prediction.Windows is [{ IsValid: true } first, ..] ? first.Window.HullIoU(truth.MaxBy(first.Window.UnionIoU)) : 0;

    /// <summary>A mean in percent; 0 of nothing.</summary>
    public static double Percent(IReadOnlyCollection<double> values, Func<double, double> value) => values.Count == 0 ? 0 : 100 * values.Average(value);
}
