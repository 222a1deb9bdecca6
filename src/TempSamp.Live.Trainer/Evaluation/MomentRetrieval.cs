using System.Globalization;
using System.Text.Json.Nodes;

namespace TempSamp.Live.Trainer;

/// <summary>
/// Moment retrieval as QVHighlights scores it: recall of the first listed window, and average precision of the first ten. True windows are also looked at by length;
/// a question without one of that length is left out there,
/// and a length that no question has is null.
/// </summary>
internal static class MomentRetrieval
{
    private static readonly double[] RecallThresholds = [.. Enumerable.Range(6, 14).Select(Twentieth)];       // 0.3 to 0.95
    private static readonly double[] PrecisionThresholds = [.. Enumerable.Range(10, 10).Select(Twentieth)];   // 0.5 to 0.95

    private static readonly (string Name, double Above, double UpTo)[] Lengths =
        [("short", 0, 10), ("middle", 10, 30), ("long", 30, 150), ("full", double.NegativeInfinity, double.PositiveInfinity)];

    /// <summary>Metrics in percent, by length of the true windows.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Measure(IReadOnlyList<QueryTruth> truths, PredictionSet predictions)
    {
        foreach (var (name, above, upTo) in Lengths)
        {
            var asked = truths
                .Select(t => (Prediction: predictions.Of(t), Truth: t.Windows.Where(w => w.Length > above && w.Length <= upTo).ToArray()))
                .Where(q => q.Truth.Length > 0).ToArray();
            var overlaps = asked.Select(q => MomentScore.Overlap(q.Prediction, q.Truth)).ToArray();
            var precisions = asked.Select(q => AveragePrecision.OfWindows(q.Prediction.Windows, q.Truth, PrecisionThresholds)).ToArray();
            yield return new(name, asked.Length == 0 ? null : new JsonObject
            {
                ["n"] = asked.Length,
                ["MR-mAP"] = Precision(precisions),
                ["MR-R1"] = new JsonObject(RecallThresholds.Select(t => KeyValuePair.Create(Name(t), (JsonNode?)MomentScore.Percent(overlaps, o => o >= t ? 1 : 0)))),
                ["MR-mIoU"] = MomentScore.Percent(overlaps, o => o),
            });
        }
    }

    private static JsonObject Precision(double[][] precisions)
    {
        var means = PrecisionThresholds.Select((_, i) => 100 * precisions.Average(p => p[i])).ToArray();
        return new(PrecisionThresholds.Select(Name).Zip(means, (name, mean) => KeyValuePair.Create(name, (JsonNode?)mean)).Append(new("average", means.Average())));
    }

    // The nearest double to each decimal, not a sum of steps.
    private static double Twentieth(int n) => n * 5 / 100.0;

    private static string Name(double threshold) => threshold.ToString(CultureInfo.InvariantCulture);
}
