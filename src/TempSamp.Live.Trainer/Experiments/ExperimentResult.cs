using System.Text.Json;

namespace TempSamp.Live.Trainer;

/// <summary>One finished run of an experiment: a line of its <c>results.jsonl</c>.</summary>
public sealed record ExperimentResult
{
    /// <summary>Name of the way.</summary>
    public required string Arm { get; init; }

    /// <summary>Its seed.</summary>
    public required int Seed { get; init; }

    /// <summary>IoU of every held-out question, in the same order for all runs.</summary>
    public required IReadOnlyList<double> IoUs { get; init; }

    /// <summary>Share of answers that do not parse.</summary>
    public required double Unparsed { get; init; }

    /// <summary>Mean tokens of an answer.</summary>
    public required double MeanTokens { get; init; }

    /// <summary>Seconds for the questions of a window.</summary>
    public required double SecondsPerWindow { get; init; }

    /// <summary>Mean over the steps of the share of groups that teach nothing; null for SFT.</summary>
    public double? DeadGroups { get; init; }

    /// <summary>Mean skewness of the advantages over the steps.</summary>
    public double? Skewness { get; init; }

    /// <summary>Mean entropy over the last tenth of the steps.</summary>
    public double? LastEntropy { get; init; }

    /// <summary>CPU seconds of the training.</summary>
    public double TrainingSeconds { get; init; }

    /// <summary>Mean IoU.</summary>
    public double MeanIoU() => IoUs.Average();

    /// <summary>Share of answers whose IoU reaches a threshold.</summary>
    public double RecallAt(double threshold) => IoUs.Count(iou => iou >= threshold) / (double)IoUs.Count;

    /// <summary>Reads the finished runs of a folder; a last line that a crash has cut is left out.</summary>
    public static IReadOnlyList<ExperimentResult> Read(string path) =>
        !File.Exists(path) ? [] : [.. File.ReadLines(path).Where(l => l.EndsWith('}')).Select(l => JsonSerializer.Deserialize<ExperimentResult>(l, JsonSerializerOptions.Web)!)];

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}
