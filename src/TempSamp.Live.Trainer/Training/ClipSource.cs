using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer;

/// <summary>Where labelled clips come from.</summary>
public interface IClipSource
{
    /// <summary>How many different training clips there are; null for endless.</summary>
    int? TrainCount { get; }

    /// <summary>How many different held-out clips there are; null for endless.</summary>
    int? HeldOutCount { get; }

    /// <summary>The n-th clip to learn from. Called from several threads.</summary>
    TrainingClip Train(int n);

    /// <summary>The n-th clip to score on, never seen in training.</summary>
    TrainingClip HeldOut(int n);
}

/// <summary>Reads what <c>--data</c> names.</summary>
public static class ClipSource
{
    private const string Render = "render:";

    /// <summary><c>render:DOMAIN</c> or the path of an annotation file.</summary>
    /// <param name="data">What the user wrote.</param>
    /// <param name="profile">Frame size of the model.</param>
    /// <param name="seed">Training broadcasts count up from a million times this.</param>
    /// <param name="seconds">Length of a broadcast.</param>
    /// <param name="warn">Takes a line for each row that cannot be used.</param>
    /// <exception cref="TrainerException">It names neither.</exception>
    public static IClipSource Open(string data, GroundingProfile profile, int seed, int seconds, Action<string> warn)
    {
        if (!data.StartsWith(Render, StringComparison.Ordinal)) return AnnotatedVideos.Open(data, profile, warn);
        if (!Enum.TryParse<BroadcastDomain>(data[Render.Length..], ignoreCase: true, out var domain) || !Enum.IsDefined(domain))
            throw new TrainerException($"--data '{data}' names no domain. Use render:sports, render:shop, render:mixed, or the path of an annotations.jsonl.");
        return new PaintedBroadcasts(domain, (ulong)seed * 1_000_000, seconds, profile.FrameWidth, profile.FrameHeight);
    }
}
