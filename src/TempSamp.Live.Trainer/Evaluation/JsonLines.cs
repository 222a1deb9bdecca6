using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary>Reads files of one JSON object a line. Complaints name the file and the line.</summary>
internal static class JsonLines
{
    /// <summary>All rows with their line numbers, counted from 1; blank lines are skipped.</summary>
    /// <exception cref="TrainerException">The file is missing, or a line is not a JSON object.</exception>
    public static IEnumerable<(int Line, JsonElement Row)> Read(string path)
    {
        if (!File.Exists(path)) throw new TrainerException($"{path} does not exist: give the path of a file of JSON lines.");
        var line = 0;
        foreach (var text in File.ReadLines(path))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text)) yield return (line, Parse(path, line, text));
        }
    }

    /// <summary>A row's name: <c>id</c> or <c>qid</c>, number or text, else the video and its question.</summary>
    /// <exception cref="TrainerException">The row has neither.</exception>
    public static string Key(string path, int line, JsonElement row)
    {
        if (Id(row) is { } id) return id;
        if (row.TryGetProperty("video", out var video) && row.TryGetProperty("query", out var query)) return $"{video}: {query}";
        throw new TrainerException($"{path}, line {line} has no id: give each row an id or qid, or a video and a query.");
    }

    /// <summary>Whether a row has a name of its own.</summary>
    public static bool HasId(JsonElement row) => Id(row) is not null;

    private static string? Id(JsonElement row)
    {
        foreach (var field in new[] { "id", "qid" })
            if (row.TryGetProperty(field, out var id) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number) return id.ToString();
        return null;
    }

    private static JsonElement Parse(string path, int line, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new TrainerException($"{path}, line {line} is not JSON ({e.Message}); NaN and Infinity are not either: write null instead.", e);
        }
        throw new TrainerException($"{path}, line {line} is not a JSON object: write one object a line.");
    }
}
