namespace TempSamp.Live.Model;

/// <summary>What frames of a video are wanted. Everything left out takes the reference's default.</summary>
public sealed record FrameSampling
{
    /// <summary>An exact number of frames; rounded to a multiple of 2. Overrides the rate and its bounds.</summary>
    public int? Frames { get; init; }

    /// <summary>Frames a second.</summary>
    public double Fps { get; init; } = 2;

    /// <summary>Least frames.</summary>
    public int MinFrames { get; init; } = 4;

    /// <summary>Most frames; 768 or the whole video where it is not said.</summary>
    public int? MaxFrames { get; init; }

    /// <summary>Start of the wanted part in seconds; null is the beginning.</summary>
    public double? Start { get; init; }

    /// <summary>End of the wanted part in seconds; null is the end.</summary>
    public double? End { get; init; }

    /// <summary>How many frames to take from <paramref name="total"/> frames at <paramref name="videoFps"/>.</summary>
    /// <exception cref="ModelException">The number is less than 2 or more than there are.</exception>
    public int Count(int total, double videoFps)
    {
        var count = Frames is { } wanted
            ? 2 * (int)Math.Round(wanted / 2.0, MidpointRounding.ToEven)
            : 2 * (int)Math.Floor(Math.Min(Math.Min(Math.Max(total / videoFps * Fps, CeilToEven(MinFrames)), FloorToEven(MaxFrames ?? Math.Min(768, total))), total) / 2);
        return count >= 2 && count <= total
            ? count
            : throw new ModelException($"{count} frames cannot be taken from {total}: ask for at least 2 and no more than the video has.");
    }

    /// <summary>Chooses frames of a video, evenly spread with the first and last frame among them.</summary>
    /// <param name="total">Frames in the video.</param>
    /// <param name="videoFps">Its frames a second.</param>
    /// <exception cref="ModelException">The wanted part is empty or has too few frames.</exception>
    public SampledFrames Choose(int total, double videoFps)
    {
        var length = total / videoFps;
        var first = Start is { } start ? (int)Math.Ceiling(Math.Clamp(start, 0, length) * videoFps) : 0;
        var last = End is { } end ? Math.Min((int)Math.Floor(Math.Clamp(end, 0, length) * videoFps), total - 1) : total - 1;
        if ((Start is not null || End is not null) && first >= last)
            throw new ModelException($"The part from {Start ?? 0} s to {End ?? length} s of a video of {length} s holds no two frames: widen it.");

        var clip = last - first + 1;
        var count = Count(clip, videoFps);
        return new(Spread(first, last, count), count / (double)clip * videoFps);
    }

    /// <summary>The sampler of the model library's own video processor: equal steps from 0, rounded down. The Qwen pipeline does not use it.</summary>
    /// <param name="total">Frames in the video.</param>
    /// <param name="videoFps">Its frames a second.</param>
    /// <param name="minFrames">Least frames where a rate is given.</param>
    /// <param name="maxFrames">Most frames where a rate is given.</param>
    public int[] ChooseByStep(int total, double videoFps, int minFrames = 4, int maxFrames = 768)
    {
        var count = Frames is { } wanted
            ? 2 * (int)Math.Round(wanted / 2.0, MidpointRounding.ToEven)
            : 2 * (int)Math.Floor(Math.Min(Math.Min(Math.Max(total / videoFps * Fps, CeilToEven(minFrames)), FloorToEven(Math.Min(maxFrames, total))), total) / 2);
        if (count > total || count < 2)
            throw new ModelException($"{count} frames cannot be taken from {total}: ask for at least 2 and no more than the video has.");
        var step = total / (double)count;
        return [.. Enumerable.Range(0, (int)Math.Ceiling(total / step)).Select(i => (int)(float)(i * step))];
    }

    // Single precision, from both ends towards the middle, as the reference computes it.
    private static int[] Spread(int first, int last, int count)
    {
        var step = (last - (float)first) / (count - 1);
        return [.. Enumerable.Range(0, count).Select(i => (int)MathF.Round(i < count / 2 ? first + step * i : last - step * (count - 1 - i), MidpointRounding.ToEven))];
    }

    private static int CeilToEven(int value) => 2 * ((value + 1) / 2);

    private static int FloorToEven(int value) => value / 2 * 2;
}

/// <summary>Chosen frames.</summary>
/// <param name="Indices">Their numbers in the video, ascending.</param>
/// <param name="Fps">Frames a second that they amount to.</param>
public readonly record struct SampledFrames(int[] Indices, double Fps)
{
    /// <summary>Seconds that one step of the patch grid's time covers: two frames.</summary>
    public float SecondsPerGrid => (float)(2 / Fps);
}
