using System.Text.Json;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>What was predicted for one question.</summary>
/// <param name="Windows">In the order listed.</param>
/// <param name="Saliency">Score of each 2-second clip; null where the row has none or one of them is no number.</param>
/// <param name="Moments">Times and scores that a model's text names; null where it names none.</param>
internal sealed record Prediction(IReadOnlyList<PredictedWindow> Windows, double[]? Saliency, IReadOnlyList<ScoredMoment>? Moments = null)
{
    /// <summary>The same with the saliency that its moments mean under a mapping, for a video of <paramref name="clips"/> clips.</summary>
    public Prediction Mapped(ClipMapping mapping, int clips) => this with { Saliency = Moments is null ? null : HighlightAnswer.ByClip(Moments, mapping, clips) };
}

/// <summary>A file of predictions.</summary>
/// <param name="ById">The first row of each question.</param>
/// <param name="Duplicates">Rows that were left out because their question came before.</param>
/// <param name="HasWindows">Whether any row predicts windows.</param>
/// <param name="HasSaliency">Whether any row predicts saliency.</param>
/// <param name="HasMoments">Whether any row's text names highlights.</param>
internal sealed record PredictionSet(IReadOnlyDictionary<string, Prediction> ById, int Duplicates, bool HasWindows, bool HasSaliency, bool HasMoments)
{
    /// <summary>Only this many windows are looked at, in the order listed.</summary>
    public const int MaxWindows = 10;

    /// <summary>
    /// Reads predictions: <c>answer</c> (a model's text, a span or highlights), <c>span</c>, or <c>pred_relevant_windows</c> with a score each; <c>pred_saliency_scores</c> for highlights.
    /// Windows of a question that are no windows stay as attempts that match nothing.
    /// </summary>
    /// <exception cref="TrainerException">The file cannot be read.</exception>
    public static PredictionSet Read(string path)
    {
        var (predictions, duplicates) = (new Dictionary<string, Prediction>(), 0);
        var (windows, saliency, named) = (false, false, false);
        foreach (var (line, row) in JsonLines.Read(path))
        {
            windows |= row.TryGetProperty("pred_relevant_windows", out _) || row.TryGetProperty("span", out _) || row.TryGetProperty("answer", out _);
            saliency |= row.TryGetProperty("pred_saliency_scores", out _);
            var moments = Moments(row);
            named |= moments is not null;
            if (!predictions.TryAdd(JsonLines.Key(path, line, row), new(moments is null ? Windows(row) : Runs(moments), Saliency(row), moments))) duplicates++;
        }
        return new(predictions, duplicates, windows, saliency, named);
    }

    /// <summary>The prediction for a question; an empty one where there is none.</summary>
    public Prediction Of(QueryTruth truth) => ById.GetValueOrDefault(truth.Id, Missing);

    private static readonly Prediction Missing = new([], null);

    /// <summary>The same set with the saliency that the models' texts mean under a mapping.</summary>
    public PredictionSet Mapped(ClipMapping mapping, IReadOnlyList<QueryTruth> truths) => this with
    {
        ById = truths.Where(t => ById.ContainsKey(t.Id)).ToDictionary(t => t.Id, t => ById[t.Id].Mapped(mapping, t.Clips)),
    };

    // A text about highlights speaks of scores, one about a span does not.
    private static IReadOnlyList<ScoredMoment>? Moments(JsonElement row) =>
        row.TryGetProperty("answer", out var answer) && answer.ValueKind == JsonValueKind.String && answer.GetString()! is var text && text.Contains("score", StringComparison.OrdinalIgnoreCase)
            ? HighlightAnswer.Parse(text) : null;

    // Neighbouring clips are one window with their mean score.
    private static IReadOnlyList<PredictedWindow> Runs(IReadOnlyList<ScoredMoment> moments)
    {
        var clips = HighlightAnswer.ByClip(moments, ClipMapping.Exact).OrderBy(c => c.Key).ToArray();
        return [.. clips.Index().GroupBy(c => c.Item.Key - c.Index)
            .Select(run => new PredictedWindow(new(run.First().Item.Key * HighlightAnswer.ClipSeconds, (run.Last().Item.Key + 1) * HighlightAnswer.ClipSeconds), run.Average(c => c.Item.Value), true))
            .OrderByDescending(w => w.Score).Take(MaxWindows)];
    }

    private static IReadOnlyList<PredictedWindow> Windows(JsonElement row)
    {
        // A span counts from the video's start; the answer beside it may count from a window's.
        if (row.TryGetProperty("span", out var pair))
            return pair.ValueKind == JsonValueKind.Array ? [Window([.. pair.EnumerateArray().Select(Number), 1])] : [];
        if (row.TryGetProperty("answer", out var answer))
            return answer.ValueKind == JsonValueKind.String && GroundingAnswer.ParseLenient(answer.GetString()!) is { } span ? [new(new(span.Start, span.End), 1, true)] : [];
        return row.TryGetProperty("pred_relevant_windows", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Take(MaxWindows).Select(w => Window(w.ValueKind == JsonValueKind.Array ? [.. w.EnumerateArray().Select(Number)] : []))]
            : [];
    }

    // An attempt without a score of its own goes last.
    private static PredictedWindow Window(double[] numbers) => numbers is [var start, var end, var score] && double.IsFinite(score)
        ? new(new(start, end), score, double.IsFinite(start) && double.IsFinite(end) && start < end)
        : new(default, double.NegativeInfinity, false);

    private static double[]? Saliency(JsonElement row) =>
        row.TryGetProperty("pred_saliency_scores", out var list) && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().Select(Number).ToArray() is { Length: > 0 } scores && scores.All(double.IsFinite) ? scores : null;

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
}
