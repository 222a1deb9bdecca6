using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary>QVHighlights: several windows a sentence, and three annotators' scores of the 2-second clips inside them, of which the mean is kept.</summary>
internal static class HighlightLines
{
    public static IEnumerable<RawRow> Read(string path) => JsonLines.Read(path).Select(line => JsonRow.Of(line.Line, () => Row(line.Line, line.Row)));

    private static RawRow Row(int line, JsonElement json) => new(line)
    {
        Id = json.GetProperty("qid").ToString(),
        Video = json.GetProperty("vid").GetString(),
        Duration = json.GetProperty("duration").GetDouble(),
        Query = json.GetProperty("query").GetString(),
        Spans = json.TryGetProperty("relevant_windows", out var windows) ? [.. windows.EnumerateArray().Select(JsonRow.Numbers)] : [],
        Saliency = json.TryGetProperty("relevant_clip_ids", out var clips) && json.TryGetProperty("saliency_scores", out var scores)
            ? clips.EnumerateArray().Zip(scores.EnumerateArray()).ToDictionary(c => c.First.GetInt32(), c => JsonRow.Numbers(c.Second).Average())
            : null,
    };
}
