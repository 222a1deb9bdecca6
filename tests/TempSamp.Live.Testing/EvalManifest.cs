using System.Text.Json;

namespace TempSamp.Live.Testing;

/// <summary>The list of evaluator cases in <see cref="SharedData.Eval"/>.</summary>
public static class EvalManifest
{
    /// <summary>Cases of the given kinds in the manifest's order; null where the data is absent.</summary>
    public static IReadOnlyList<EvalCase>? Cases(params string[] kinds) => SharedData.Eval is { } folder
        ? [.. GoldenManifest.Parse(Path.Combine(folder, "manifest.json")).GetProperty("cases").EnumerateArray()
            .Where(c => kinds.Contains(c.GetProperty("kind").GetString())).Select(c => new EvalCase(folder, c))]
        : null;
}

/// <summary>One evaluator case: annotations, predictions and what they score.</summary>
public sealed class EvalCase(string root, JsonElement entry)
{
    /// <summary>Name of the case.</summary>
    public string Name => entry.GetProperty("name").GetString()!;

    /// <summary>The annotations.</summary>
    public string Truth => entry.TryGetProperty("gt", out var gt) ? At(gt.GetString()!) : Path.Combine(Folder, "gt.jsonl");

    /// <summary>The predictions, in the form without bare NaN where there are both.</summary>
    public string Predictions => Path.Combine(Folder, "preds_strict_json.jsonl") is var strict && File.Exists(strict) ? strict : Path.Combine(Folder, "preds.jsonl");

    /// <summary>The predictions as they came, which may hold bare NaN.</summary>
    public string RawPredictions => Path.Combine(Folder, "preds.jsonl");

    /// <summary>What they score.</summary>
    public JsonElement Expected => GoldenManifest.Parse(Path.Combine(Folder, "expected.json"));

    /// <inheritdoc/>
    public override string ToString() => Name;

    private string Folder => At(entry.GetProperty("dir").GetString()!);

    // Paths in the manifest begin with the name of the set, which the folder here is already.
    private string At(string path) => Path.Combine(root, path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..]);
}
