using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary>An annotation file and where its videos are.</summary>
/// <param name="Kind">Its form.</param>
/// <param name="Path">The file.</param>
/// <param name="Videos">Folder of the videos.</param>
public sealed record DatasetFile(DatasetKind Kind, string Path, string Videos)
{
    /// <summary>Reads what <c>--data</c> names: <c>KIND:PATH</c>, or a path whose form is found by looking.</summary>
    /// <param name="data">What the user wrote.</param>
    /// <param name="videos">Folder of the videos; that of the file when null.</param>
    /// <exception cref="TrainerException">There is no such file, or its form is unknown.</exception>
    public static DatasetFile Parse(string data, string? videos = null)
    {
        var colon = data.IndexOf(':', StringComparison.Ordinal);
        DatasetKind? named = colon > 0 && Enum.TryParse<DatasetKind>(data[..colon], ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind : null;
        var path = named is null ? data : data[(colon + 1)..];
        if (!File.Exists(path)) throw new TrainerException($"{path} does not exist: give --data the path of an annotation file, with or without its kind ({Kinds}) and a colon before it.");
        return new(named ?? Look(path), path, videos ?? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
    }

    private static string Kinds => string.Join(", ", Enum.GetNames<DatasetKind>()).ToLowerInvariant();

    private static DatasetKind Look(string path) => Guess(path)
        ?? throw new TrainerException($"The form of {path} is not known from its first line. Put its kind before it, such as charades:{path}; the kinds are {Kinds}.");

    /// <summary>The form that a file's first line and ending show; null where they show none.</summary>
    public static DatasetKind? Guess(string path)
    {
        var first = File.ReadLines(path).FirstOrDefault(line => !string.IsNullOrWhiteSpace(line)) ?? "";
        if (first.Contains("##", StringComparison.Ordinal) && !first.StartsWith('{')) return DatasetKind.Charades;
        return OfLine(first) ?? (System.IO.Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) ? DatasetKind.ActivityNet : null);
    }

    private static DatasetKind? OfLine(string line)
    {
        try
        {
            using var row = JsonDocument.Parse(line);
            bool Has(string field) => row.RootElement.ValueKind == JsonValueKind.Object && row.RootElement.TryGetProperty(field, out _);
            return Has("review") ? DatasetKind.Reviews
                : Has("problem") ? DatasetKind.Release
                : Has("vid") || Has("qid") ? DatasetKind.QvHighlights
                : Has("video") || Has("query") ? DatasetKind.Broadcast
                : null;
        }
        catch (JsonException)
        {
            return null; // a line of something larger
        }
    }
}
