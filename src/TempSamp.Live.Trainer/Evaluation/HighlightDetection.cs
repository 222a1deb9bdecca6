using System.Text.Json.Nodes;

namespace TempSamp.Live.Trainer;

/// <summary>
/// Highlight detection as QVHighlights scores it: three annotators rated each 2-second clip from 0 to 4, and a clip is right for an annotator from a least rating on.
/// </summary>
internal static class HighlightDetection
{
    /// <summary>Ratings of a clip. One score that stands for all counts as so many of one mind.</summary>
    public const int Annotators = 3;

    private static readonly (string Name, int Least)[] Ratings = [("HL-min-Fair", 2), ("HL-min-Good", 3), ("HL-min-VeryGood", 4)];

    /// <summary>Mean average precision, and share of questions whose best-scored clip is right for any annotator; percent.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Measure(IReadOnlyList<QueryTruth> truths, PredictionSet predictions)
    {
        var ranked = truths.Select(t => Rank(t, predictions.Of(t).Saliency)).ToArray();
        foreach (var (name, least) in Ratings)
            yield return new(name, new JsonObject
            {
                ["HL-mAP"] = 100 * ranked.Average(q => Precision(q, least)),
                ["HL-Hit1"] = 100 * truths.Average(t => Hit(t, predictions.Of(t).Saliency, least)),
            });
    }

    private readonly record struct RankedClips(QueryTruth Truth, double[] Scores, int[] Order);

    // Scores beyond the video are cut, missing ones are 0, which ranks above negative scores.
    private static RankedClips Rank(QueryTruth truth, double[]? saliency)
    {
        if (saliency is null) return new(truth, [], []);
        var scores = Enumerable.Range(0, truth.Clips).Select(c => c < saliency.Length ? saliency[c] : 0).ToArray();
        return new(truth, scores, [.. Enumerable.Range(0, truth.Clips).OrderByDescending(c => scores[c])]);
    }

    private static double Precision(RankedClips query, int least) =>
        Enumerable.Range(0, Annotators).Average(a => AveragePrecision.OfClips(query.Order, query.Scores, clip => Rating(query.Truth, clip, a) >= least));

    // The first of equal maxima; one beyond the video is a miss.
    private static double Hit(QueryTruth truth, double[]? saliency, int least)
    {
        if (saliency is null) return 0;
        var best = Array.IndexOf(saliency, saliency.Max());
        return best < truth.Clips && Enumerable.Range(0, Annotators).Any(a => Rating(truth, best, a) >= least) ? 1 : 0;
    }

    private static double Rating(QueryTruth truth, int clip, int annotator) =>
        truth.Saliency.TryGetValue(clip, out var ratings) && annotator < ratings.Length ? ratings[annotator] : 0;
}
