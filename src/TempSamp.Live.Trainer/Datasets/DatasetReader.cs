using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Reads annotation files of every kind into the same checked rows. What cannot be used is reported with its line and left out.</summary>
public static class DatasetReader
{
    private static readonly string[] VideoEndings = ["", ".mp4", ".mkv", ".webm", ".avi", ".mov", ".flv", ".ts"];

    /// <summary>The rows to learn from: videos that are there, spans inside them.</summary>
    /// <exception cref="TrainerException">The file cannot be read at all.</exception>
    public static IEnumerable<DatasetRow> Read(DatasetFile data, DatasetProblems problems) => Read(data, problems, isTruth: false);

    /// <summary>The rows to score against: as annotated, spans that overrun the video uncut, and without a look at the videos.</summary>
    /// <exception cref="TrainerException">The file cannot be read at all.</exception>
    public static IEnumerable<DatasetRow> ReadTruth(DatasetFile data, DatasetProblems problems) => Read(data, problems, isTruth: true);

    private static IEnumerable<DatasetRow> Read(DatasetFile data, DatasetProblems problems, bool isTruth)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var found = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var raw in Raw(data))
        {
            void Bad(DatasetFault fault, string reason) => problems.Add(data.Path, raw.Line, fault, reason);
            if (raw.Problem is { } unreadable) Bad(DatasetFault.Form, unreadable);
            else if (string.IsNullOrEmpty(raw.Video)) Bad(DatasetFault.Form, "it names no video");
            else if (Fault(raw) is { } wrong) Bad(wrong.Fault, wrong.Reason);
            else if (!seen.TryAdd(Key(raw), raw.Line)) Bad(DatasetFault.Duplicate, $"{raw.Id ?? "the same row"} is on line {seen[Key(raw)]} already");
            else if (!isTruth && Find(raw.Video) is null) Bad(DatasetFault.Missing, $"there is no {raw.Video} {(SameFolder(data) ? "beside the annotations" : $"in {data.Videos}")}");
            else
            {
                if (!isTruth && raw.Spans.FirstOrDefault(s => s[1] > raw.Duration) is { } over) Bad(DatasetFault.Overrun, $"its span ends at {over[1]} s, the video at {raw.Duration} s");
                var end = isTruth ? double.PositiveInfinity : raw.Duration ?? double.PositiveInfinity;
                yield return new(raw.Line, raw.Id, raw.Video, isTruth ? null : Find(raw.Video), raw.Duration, raw.Query!, string.IsNullOrEmpty(raw.Kind) ? raw.Query! : raw.Kind,
                    [.. raw.Spans.Select(s => new AnswerSpan(s[0], Math.Min(s[1], end)))], raw.Saliency);
            }
        }

        string? Find(string video)
        {
            if (!found.TryGetValue(video, out var path))
                found[video] = path = VideoEndings.Select(e => Path.Combine(data.Videos, video + e)).FirstOrDefault(File.Exists);
            return path;
        }
    }

    private static IEnumerable<RawRow> Raw(DatasetFile data) => data.Kind switch
    {
        DatasetKind.Charades => CharadesLines.Read(data.Path),
        DatasetKind.ActivityNet => CaptionsByVideo.Read(data.Path),
        DatasetKind.QvHighlights => HighlightLines.Read(data.Path),
        DatasetKind.Release => ReleaseLines.Read(data.Path),
        DatasetKind.Reviews => ReviewedClips.Read(data.Path, data.Videos),
        _ => BroadcastLines.Read(data.Path),
    };

    private static (DatasetFault Fault, string Reason)? Fault(RawRow row)
    {
        if (string.IsNullOrWhiteSpace(row.Query)) return (DatasetFault.Query, "its query is empty");
        if (row.Query.Length > QueryText.MaxLength) return (DatasetFault.Query, $"its query has {row.Query.Length} characters, at most {QueryText.MaxLength} can be asked");
        foreach (var span in row.Spans)
        {
            if (span is not [var start, var end] || !double.IsFinite(start) || !double.IsFinite(end)) return (DatasetFault.Span, "its span is not [start, end]");
            if (start < 0) return (DatasetFault.Span, $"its span starts at {start} s, before the video");
            if (!(end > start)) return (DatasetFault.Span, $"its span {start} to {end} ends before it starts");
            if (start >= row.Duration) return (DatasetFault.Span, $"its span starts at {start} s, after the video's end at {row.Duration} s");
        }
        return null;
    }

    private static string Key(RawRow row) => row.Id ?? string.Join('\n', [row.Video!, row.Query!, .. row.Spans.SelectMany(s => s).Select(s => s.ToString("R", System.Globalization.CultureInfo.InvariantCulture))]);

    private static bool SameFolder(DatasetFile data) => Path.GetFullPath(data.Videos) == Path.GetDirectoryName(Path.GetFullPath(data.Path));
}
