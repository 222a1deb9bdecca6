using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary>What is known about one question.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Windows">Where the event happens, seconds; none where it does not.</param>
/// <param name="Clips">2-second clips in the video; 0 where the row states no duration.</param>
/// <param name="Saliency">For each annotated clip number the scores that annotators gave it.</param>
internal sealed record QueryTruth(string Id, IReadOnlyList<TimeWindow> Windows, int Clips, IReadOnlyDictionary<int, double[]> Saliency)
{
    /// <summary>
    /// Reads annotations: JSON lines with <c>relevant_windows</c>, or one <c>span</c>; <c>duration</c>, <c>relevant_clip_ids</c> and <c>saliency_scores</c> for highlights, or
    /// <c>saliency</c>, one score a clip, as rendered broadcasts have it. Or any other file that training reads, such as Charades-STA's, its spans as annotated. Rows of one video and query without an id are one question about an event that happens
    /// several times.
    /// </summary>
    /// <exception cref="TrainerException">The file cannot be read, is empty, or names an id twice.</exception>
    public static IReadOnlyList<QueryTruth> ReadAll(string path) =>
        File.Exists(path) && DatasetFile.Guess(path) is DatasetKind.Charades or DatasetKind.ActivityNet or DatasetKind.Release or DatasetKind.Reviews ? ReadDataset(path) : ReadLines(path);

    private static IReadOnlyList<QueryTruth> ReadDataset(string path)
    {
        var problems = new DatasetProblems(Console.Error.WriteLine);
        var truths = DatasetReader.ReadTruth(DatasetFile.Parse(path), problems)
            .Select(r => new QueryTruth(r.Id ?? $"{r.Video}: {r.Query}", [.. r.Spans.Select(s => new TimeWindow(s.Start, s.End))], (int)((r.Duration ?? 0) / 2), new Dictionary<int, double[]>())).ToArray();
        return truths.Length > 0 ? truths : throw new TrainerException($"{path} holds no annotations.");
    }

    private static IReadOnlyList<QueryTruth> ReadLines(string path)
    {
        var truths = new Dictionary<string, QueryTruth>();
        foreach (var (line, row) in JsonLines.Read(path))
        {
            var id = JsonLines.Key(path, line, row);
            try
            {
                var truth = Read(id, row);
                if (truths.TryAdd(id, truth)) continue;
                if (JsonLines.HasId(row)) throw new TrainerException($"{path}, line {line} names {id} a second time: annotate each question once.");
                truths[id] = truths[id].With(truth);
            }
            catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException or IndexOutOfRangeException)
            {
                throw new TrainerException($"{path}, line {line} is not an annotation ({e.Message}): windows are pairs of seconds, saliency is a list of scores for each relevant clip.", e);
            }
        }
        return truths.Count > 0 ? [.. truths.Values] : throw new TrainerException($"{path} holds no annotations.");
    }

    // A clip that two occurrences touch is as good as the better makes it.
    private QueryTruth With(QueryTruth again) => this with
    {
        Windows = [.. Windows, .. again.Windows],
        Saliency = Saliency.Concat(again.Saliency).GroupBy(clip => clip.Key).ToDictionary(clip => clip.Key, clip => clip.Select(c => c.Value).MaxBy(scores => scores.Sum())!),
    };

    private static QueryTruth Read(string id, JsonElement row)
    {
        var windows = row.TryGetProperty("relevant_windows", out var list) ? list.EnumerateArray().Select(Window).ToArray()
            : row.TryGetProperty("span", out var span) && span.ValueKind == JsonValueKind.Array ? [Window(span)]
            : [];
        var saliency = new Dictionary<int, double[]>();
        if (row.TryGetProperty("relevant_clip_ids", out var clips) && row.TryGetProperty("saliency_scores", out var scores))
            foreach (var (clip, given) in clips.EnumerateArray().Zip(scores.EnumerateArray()))
                saliency[clip.GetInt32()] = [.. given.EnumerateArray().Select(s => s.GetDouble())];
        else if (row.TryGetProperty("saliency", out var curve) && curve.ValueKind == JsonValueKind.Array)
            foreach (var (clip, score) in curve.EnumerateArray().Index().Where(s => s.Item.GetDouble() > 0))
                saliency[clip] = [.. Enumerable.Repeat(score.GetDouble(), HighlightDetection.Annotators)];
        return new(id, windows, row.TryGetProperty("duration", out var duration) ? (int)(duration.GetDouble() / 2) : 0, saliency);
    }

    private static TimeWindow Window(JsonElement pair) => new(pair[0].GetDouble(), pair[1].GetDouble());
}
