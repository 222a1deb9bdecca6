using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Where labelled clips come from.</summary>
public interface IClipSource
{
    /// <summary>How many different training clips there are; null for endless.</summary>
    int? TrainCount { get; }

    /// <summary>How many different held-out clips there are; null for endless.</summary>
    int? HeldOutCount { get; }

    /// <summary>Names of the meanings that are told apart where single frame pairs are named.</summary>
    IEnumerable<string> Kinds { get; }

    /// <summary>The n-th clip to learn from. Called from several threads.</summary>
    TrainingClip Train(int n);

    /// <summary>The n-th clip to score on, never seen in training.</summary>
    TrainingClip HeldOut(int n);
}

/// <summary>What is done about rows that cannot be used.</summary>
public enum BadRows
{
    /// <summary>They are reported, counted and left out.</summary>
    Skip,

    /// <summary>They are reported, and nothing is trained.</summary>
    Stop,
}

/// <summary>What to learn from.</summary>
/// <param name="Data"><c>render:DOMAIN</c>, broadcasts painted on the way; or an annotation file as <see cref="DatasetFile.Parse"/> takes it.</param>
public sealed record DataOptions(string Data)
{
    /// <summary>Folder of the videos. Default null, that of the annotation file.</summary>
    public string? Videos { get; init; }

    /// <summary>Another annotation file, whose videos are scored on. Default null: the last tenth of the first one's videos.</summary>
    public string? Validation { get; init; }

    /// <summary>What is done about bad rows. Default skip. A video that turns out to be broken while it is decoded is skipped either way.</summary>
    public BadRows BadRows { get; init; }

    /// <summary>Questions of an annotation file to learn from, for few-shot training; those of a smaller number are among those of a larger. Default 0, all.</summary>
    public int Samples { get; init; }

    /// <summary>Seed of the broadcasts that are painted, which count up from a million times this, and of the draw of <see cref="Samples"/>. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Length of a painted broadcast in seconds. Default 40.</summary>
    public int Seconds { get; init; } = 40;
}

/// <summary>Opens what <c>--data</c> names.</summary>
public static class ClipSource
{
    private const string Render = "render:";

    /// <summary>Painted broadcasts or annotated videos.</summary>
    /// <param name="options">Which.</param>
    /// <param name="profile">Frame size of the model.</param>
    /// <param name="report">Takes a line for people.</param>
    /// <param name="log">File that takes every row that cannot be used; null reports all.</param>
    /// <exception cref="TrainerException">It names nothing that can be learnt from.</exception>
    public static IClipSource Open(DataOptions options, GroundingProfile profile, Action<string> report, string? log = null)
    {
        if (options.Data.StartsWith(Render, StringComparison.Ordinal)) return Painted(options, profile);
        var problems = new DatasetProblems(report, log);
        DatasetFile? heldOut = options.Validation is null ? null : DatasetFile.Parse(options.Validation, options.Videos);
        var videos = AnnotatedVideos.Open(DatasetFile.Parse(options.Data, options.Videos), heldOut, profile, problems, options.Samples, options.Seed);
        problems.Summarise();
        if (options.BadRows == BadRows.Stop) problems.Refuse();
        return videos;
    }

    /// <summary>As <see cref="Open(DataOptions, GroundingProfile, Action{string}, string?)"/>, of <paramref name="data"/> alone.</summary>
    public static IClipSource Open(string data, GroundingProfile profile, int seed, int seconds, Action<string> warn) =>
        Open(new DataOptions(data) { Seed = seed, Seconds = seconds }, profile, warn);

    private static PaintedBroadcasts Painted(DataOptions options, GroundingProfile profile) =>
        Enum.TryParse<BroadcastDomain>(options.Data[Render.Length..], ignoreCase: true, out var domain) && Enum.IsDefined(domain)
            ? new(domain, (ulong)options.Seed * 1_000_000, options.Seconds, profile.FrameWidth, profile.FrameHeight)
            : throw new TrainerException($"--data '{options.Data}' names no domain. Use render:sports, render:shop, render:mixed, or the path of an annotation file.");
}
