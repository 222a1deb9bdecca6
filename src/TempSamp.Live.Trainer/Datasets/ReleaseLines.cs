using System.Text.Json;
using System.Text.RegularExpressions;

namespace TempSamp.Live.Trainer;

/// <summary>The paper's release: the sentence stands in the prompt's quotation marks, the span in the answer's text.</summary>
internal static partial class ReleaseLines
{
    public static IEnumerable<RawRow> Read(string path) => JsonLines.Read(path).Select(line => JsonRow.Of(line.Line, () => Row(line.Line, line.Row)));

    private static RawRow Row(int line, JsonElement json)
    {
        var problem = json.GetProperty("problem").GetString() ?? "";
        var answer = json.GetProperty("answer").GetString() ?? "";
        if (Quoted().Match(problem) is not { Success: true } query) return new(line) { Problem = "its problem does not name an event as: the event \"...\" in the video" };
        return new(line)
        {
            Id = json.TryGetProperty("id", out var id) ? id.ToString() : null,
            Video = json.GetProperty("videos")[0].GetString(),
            Duration = json.TryGetProperty("duration", out var duration) ? duration.GetDouble() : null,
            Query = query.Groups[1].Value,
            Spans = Numbers().Match(answer) is { Success: true } span ? [[Number(span.Groups[1].Value), Number(span.Groups[2].Value)]] : [],
            Problem = Numbers().IsMatch(answer) ? null : $"its answer '{answer}' holds no span",
        };
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("event \"(.*?)\" in the video", RegexOptions.Singleline)]
    private static partial Regex Quoted();

    [GeneratedRegex("([0-9]+(?:\\.[0-9]+)?) to ([0-9]+(?:\\.[0-9]+)?)")]
    private static partial Regex Numbers();
}
