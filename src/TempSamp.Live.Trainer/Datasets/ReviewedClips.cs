using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary>
/// What people said about the daemon's clips: each row is a clip's sidecar, the ready event's data, with a <c>review</c> beside it. <c>accepted</c> is a positive with the
/// span the model found; <c>trimmed</c> one with the reviewer's span, <c>startMs</c> and <c>endMs</c> on the session's timeline; <c>rejected</c> a hard negative: the model
/// was sure of an event that is not there.
/// </summary>
/// <example><c>{"clipId": "f83a", "stream": {"id": "match-7"}, "query": {"id": "goal", "text": "a goal"}, "time": {...}, "review": {"decision": "trimmed", "startMs": 721500, "endMs": 728000}}</c></example>
public static class ReviewedClips
{
    internal static IEnumerable<RawRow> Read(string path, string videos) => JsonLines.Read(path).Select(line => JsonRow.Of(line.Line, () => Row(line.Line, line.Row, videos)));

    private static RawRow Row(int line, JsonElement json, string videos)
    {
        var (query, time, review) = (json.GetProperty("query"), json.GetProperty("time"), json.GetProperty("review"));
        var clip = json.GetProperty("clipId").GetString()!;
        var start = time.GetProperty("sessionStartMs").GetInt64();
        var decision = review.GetProperty("decision").GetString();
        double[] Span(JsonElement range) => [.. new[] { "startMs", "endMs" }.Select(end => (range.GetProperty(end).GetInt64() - start) / 1000.0)];
        return new(line)
        {
            Id = clip,
            Video = Name(json, clip, videos),
            Duration = (time.GetProperty("sessionEndMs").GetInt64() - start) / 1000.0,
            Query = query.GetProperty("text").GetString(),
            Kind = query.GetProperty("id").GetString(),
            Spans = decision switch { "accepted" => [Span(time.GetProperty("moment"))], "trimmed" => [Span(review)], _ => [] },
            Problem = decision is "accepted" or "trimmed" or "rejected" ? null : $"its review is '{decision}', wanted accepted, trimmed or rejected",
        };
    }

    // The store's folder has a folder a stream; a folder of clips has none.
    private static string Name(JsonElement json, string clip, string videos)
    {
        var stored = Path.Combine(json.GetProperty("stream").GetProperty("id").GetString()!, clip + ".mp4");
        return File.Exists(Path.Combine(videos, stored)) ? stored : clip + ".mp4";
    }
}
