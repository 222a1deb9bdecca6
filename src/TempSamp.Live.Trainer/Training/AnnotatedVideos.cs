using System.Text.Json;
using TempSamp.Live.Media;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Videos with an annotation file as <c>render</c> writes it: one row a question, videos beside it.</summary>
/// <remarks>The last tenth of the videos, at least one, is held out.</remarks>
public sealed class AnnotatedVideos : IClipSource
{
    private readonly TrainingClip[] _train;
    private readonly TrainingClip[] _heldOut;

    private AnnotatedVideos(IReadOnlyList<TrainingClip> clips)
    {
        var kept = Math.Max(1, clips.Count / 10);
        (_train, _heldOut) = ([.. clips.Take(clips.Count - kept)], [.. clips.Skip(clips.Count - kept)]);
    }

    /// <inheritdoc/>
    public int? TrainCount => _train.Length;

    /// <inheritdoc/>
    public int? HeldOutCount => _heldOut.Length;

    /// <inheritdoc/>
    public TrainingClip Train(int n) => _train[n % _train.Length];

    /// <inheritdoc/>
    public TrainingClip HeldOut(int n) => _heldOut[n % _heldOut.Length];

    /// <summary>Reads an annotation file. Rows that cannot be used are reported and left out.</summary>
    /// <exception cref="TrainerException">The file is missing, not JSON lines, or names fewer than two videos.</exception>
    public static AnnotatedVideos Open(string path, GroundingProfile profile, Action<string> warn)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var videos = Read(path, warn).GroupBy(r => r.Video).Select(rows => Clip(Path.Combine(folder, rows.Key), [.. rows], profile)).ToList();
        return videos.Count >= 2 ? new(videos)
            : throw new TrainerException($"{path} names {videos.Count} usable videos: at least two are needed, one to learn from and one to score on.");
    }

    /// <summary>The usable rows of an annotation file.</summary>
    /// <exception cref="TrainerException">The file is missing or not JSON lines.</exception>
    public static IEnumerable<AnnotationRow> Read(string path, Action<string> warn)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var (line, element) in JsonLines.Read(path))
        {
            var (row, problem) = Check(element, folder);
            if (row is not null) yield return row;
            else warn($"{path}, line {line} is left out: {problem}");
        }
    }

    private static (AnnotationRow? Row, string? Problem) Check(JsonElement element, string folder)
    {
        AnnotationRow? row;
        try
        {
            row = element.Deserialize<AnnotationRow>(JsonSerializerOptions.Web);
        }
        catch (JsonException e)
        {
            return (null, $"a field has the wrong type ({e.Message})");
        }
        return row switch
        {
            null or { Video: null or "" } => (null, "it names no video"),
            _ when string.IsNullOrWhiteSpace(row.Query) => (null, "its query is empty"),
            { Span: not null and not { Length: 2 } } => (null, "its span is not [start, end]"),
            { Span: [var start, var end] } when !(start >= 0 && end > start) => (null, $"its span {start} to {end} ends before it starts"),
            { Span: [var start, _] } when start >= row.Duration => (null, $"its span starts at {start} s, after the video's end at {row.Duration} s"),
            _ when !File.Exists(Path.Combine(folder, row.Video)) => (null, $"there is no {row.Video} beside the annotations"),
            _ => (row with { Kind = string.IsNullOrEmpty(row.Kind) ? row.Query : row.Kind }, null),
        };
    }

    private static TrainingClip Clip(string path, IReadOnlyList<AnnotationRow> rows, GroundingProfile profile)
    {
        var concepts = rows.GroupBy(r => r.Kind).Select(kind => new ClipConcept(
            kind.Key,
            [.. kind.Select(r => r.Query).Distinct()],
            [.. kind.Where(r => r.Span is not null).Select(r => new AnswerSpan(r.Span![0], r.Span[1])).Distinct()])).ToList();
        var frames = new Lazy<byte[][]>(() => [.. FrameReader.ReadFrames(path, profile.FrameWidth, profile.FrameHeight).Select(f => f.Rgb)]);
        return new((int)rows[0].Duration, concepts, slot => frames.Value[Math.Min(slot, frames.Value.Length - 1)]);
    }
}
