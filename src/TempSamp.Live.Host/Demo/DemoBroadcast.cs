using System.Text.Json;
using TempSamp.Live.Core;

namespace TempSamp.Live.Host;

/// <summary>The bundled broadcast with its labels.</summary>
/// <param name="Video">The MP4.</param>
/// <param name="Length">How long it plays.</param>
/// <param name="Queries">Sentence by query id.</param>
/// <param name="Truths">Every labelled event.</param>
internal sealed record DemoBroadcast(string Video, TimeSpan Length, IReadOnlyDictionary<string, string> Queries, IReadOnlyList<DemoTruth> Truths)
{
    private const string Folder = "models/demo-broadcast";

    /// <summary>Reads the labels that are shipped with the program.</summary>
    public static DemoBroadcast Load() => Load(BundledFiles.Locate($"{Folder}/broadcast.json"));

    /// <summary>Reads NAME.json beside NAME.mp4, as <c>tempsamp-train render</c> writes them.</summary>
    public static DemoBroadcast Load(string labels)
    {
        var file = JsonSerializer.Deserialize<LabelFile>(File.ReadAllText(labels), JsonSerializerOptions.Web)
            ?? throw new InvalidDataException($"{labels} is empty; render the broadcast again with tempsamp-train render");
        return new(
            Path.Combine(Path.GetDirectoryName(labels)!, file.Video), TimeSpan.FromSeconds(file.Duration),
            file.Queries.ToDictionary(query => query.Id, query => query.Text),
            [.. file.Events.Select(label => new DemoTruth(label.Query, TimeRange.FromSeconds(label.Start, label.End)))]);
    }

    private sealed record LabelFile(string Video, double Duration, IReadOnlyList<LabelQuery> Queries, IReadOnlyList<LabelEvent> Events);

    private sealed record LabelQuery(string Id, string Text);

    private sealed record LabelEvent(string Query, double Start, double End);
}
