using System.Globalization;
using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary>
/// ActivityNet Captions and what borrowed its form: <c>{"v_1": {"duration": 82.7, "timestamps": [[0.8, 19.9]], "sentences": ["A man..."]}}</c>. A row's id is its
/// video and the place of its sentence; its line is that of its video.
/// </summary>
internal static class CaptionsByVideo
{
    public static IEnumerable<RawRow> Read(string path)
    {
        foreach (var (line, video, json) in Videos(path))
        {
            var rows = Array.Empty<RawRow>();
            var unreadable = JsonRow.Of(line, () =>
            {
                rows = [.. Rows(line, video, json)];
                return new(line);
            });
            foreach (var row in unreadable.Problem is null ? rows : [unreadable with { Problem = $"{video}: {unreadable.Problem}" }]) yield return row;
        }
    }

    private static IEnumerable<RawRow> Rows(int line, string video, JsonElement json)
    {
        var duration = (json.TryGetProperty("duration", out var named) ? named : json.GetProperty("video_duration")).GetDouble();
        var spans = (json.TryGetProperty("timestamps", out var times) ? times : json.GetProperty("spans")).EnumerateArray().ToArray();
        var sentences = (json.TryGetProperty("sentences", out var texts) ? texts : json.GetProperty("queries")).EnumerateArray().ToArray();
        if (spans.Length != sentences.Length) yield return new(line) { Problem = $"{video} has {spans.Length} times for {sentences.Length} sentences" };
        for (var i = 0; i < Math.Min(spans.Length, sentences.Length); i++)
            yield return new(line)
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{video}_{i}"),
                Video = video,
                Duration = duration,
                Query = sentences[i].GetString(),
                Spans = [JsonRow.Numbers(spans[i])],
            };
    }

    private static List<(int Line, string Video, JsonElement Json)> Videos(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var videos = new List<(int, string, JsonElement)>();
        try
        {
            var reader = new Utf8JsonReader(bytes);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new TrainerException($"{path} is not one JSON object of videos: ActivityNet Captions is.");
            var (line, counted) = (1, 0);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var at = (int)reader.TokenStartIndex;
                line += bytes.AsSpan(counted, at - counted).Count((byte)'\n');
                counted = at;
                var video = reader.GetString()!;
                reader.Read();
                videos.Add((line, video, JsonElement.ParseValue(ref reader)));
            }
            return videos;
        }
        catch (JsonException e)
        {
            throw new TrainerException($"{path} is not JSON ({e.Message}).", e);
        }
    }
}
