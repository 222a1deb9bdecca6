using System.Text.Json;
using TempSamp.Live.Core;
using TempSamp.Live.Trainer;

namespace TempSamp.Live.Benchmarks;

/// <summary>A rendered broadcast and what truly happens in it, as <c>tempsamp-train render</c> writes them.</summary>
/// <param name="Video">The file.</param>
/// <param name="Seconds">Its length.</param>
/// <param name="Events">What happens, by kind.</param>
internal sealed record BroadcastTruth(string Video, double Seconds, IReadOnlyList<(string Kind, TimeRange Span)> Events)
{
    /// <summary>All broadcasts of a folder, by name.</summary>
    public static IReadOnlyList<BroadcastTruth> ReadAll(string folder) => [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)];

    private static BroadcastTruth Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        return new(
            Path.Combine(Path.GetDirectoryName(path)!, root.GetProperty("video").GetString()!),
            root.GetProperty("duration").GetDouble(),
            [.. root.GetProperty("events").EnumerateArray().Select(e => (e.GetProperty("query").GetString()!, TimeRange.FromSeconds(e.GetProperty("start").GetDouble(), e.GetProperty("end").GetDouble())))]);
    }

    /// <summary>Asks for every kind of event in one language.</summary>
    /// <param name="language">"en" or "zh".</param>
    /// <param name="isHeldOut">By the sentence that no training saw, or by the first of the book.</param>
    public static IReadOnlyList<(string Kind, string Text)> Questions(string language, bool isHeldOut) =>
        [.. Enum.GetValues<EventKind>().Select(kind => (EventKinds.Name(kind), (isHeldOut ? QueryBook.HeldOut(kind) : QueryBook.Train(kind)).First(q => q.Language == language).Text))];
}
