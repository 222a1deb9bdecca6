using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>One question about one video and its answer, whatever file it came from.</summary>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Id">The file's own name for it; null where it has none, and video and query tell rows apart.</param>
/// <param name="Video">The video as the file names it.</param>
/// <param name="VideoPath">Where the video is; null where that was not asked for.</param>
/// <param name="Duration">Seconds; null where the file does not say.</param>
/// <param name="Query">The sentence.</param>
/// <param name="Kind">Rows of one kind mean the same; the query itself where the file has no kinds.</param>
/// <param name="Spans">When it happens, seconds; empty where it does not.</param>
/// <param name="Saliency">Mean score from 0 to 4 of the 2-second clips that were scored; null where none were.</param>
public sealed record DatasetRow(
    int Line, string? Id, string Video, string? VideoPath, double? Duration, string Query, string Kind, IReadOnlyList<AnswerSpan> Spans, IReadOnlyDictionary<int, double>? Saliency);

/// <summary>A row as a format reads it, unchecked.</summary>
/// <param name="Line">Line of the file, from 1.</param>
internal sealed record RawRow(int Line)
{
    public string? Id { get; init; }

    public string? Video { get; init; }

    public double? Duration { get; init; }

    public string? Query { get; init; }

    public string? Kind { get; init; }

    public IReadOnlyList<double[]> Spans { get; init; } = [];

    public IReadOnlyDictionary<int, double>? Saliency { get; init; }

    /// <summary>Why the row cannot be read; null for one that can.</summary>
    public string? Problem { get; init; }
}
