using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary>Rows as <c>render</c> writes them. Where an event happens twice there are two rows.</summary>
internal static class BroadcastLines
{
    public static IEnumerable<RawRow> Read(string path) => JsonLines.Read(path).Select(line => JsonRow.Of(line.Line, () => Row(line.Line, line.Row)));

    private static RawRow Row(int line, JsonElement json)
    {
        var row = json.Deserialize<AnnotationRow>(JsonSerializerOptions.Web)!;
        return new(line)
        {
            Id = json.TryGetProperty("id", out var id) ? id.ToString() : null,
            Video = row.Video,
            Duration = row.Duration > 0 ? row.Duration : null,
            Query = row.Query,
            Kind = row.Kind,
            Spans = row.Span is { } span ? [span] : [],
            Saliency = row.Saliency?.Index().Where(s => s.Item > 0).ToDictionary(s => s.Index, s => (double)s.Item),
        };
    }
}

/// <summary>Turns a JSON row of the wrong form into a row that says so.</summary>
internal static class JsonRow
{
    public static RawRow Of(int line, Func<RawRow> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            return new(line) { Problem = $"a field is missing or has the wrong type ({e.Message})" };
        }
    }

    /// <summary>The numbers of an array.</summary>
    public static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(n => n.GetDouble())];
}
