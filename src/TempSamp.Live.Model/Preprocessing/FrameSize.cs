namespace TempSamp.Live.Model;

/// <summary>Width and height in pixels, and how the reference chooses them: near the original shape, whole merge blocks, inside a budget of pixels.</summary>
public readonly record struct FrameSize(int Height, int Width)
{
    /// <summary>Widest shape that is taken: sides at 200 to 1.</summary>
    public const int MaxAspect = 200;

    /// <summary>The size for an image or frame, as the model library chooses it.</summary>
    /// <param name="factor">Sides become multiples of this many pixels.</param>
    /// <param name="minPixels">Smaller areas are enlarged.</param>
    /// <param name="maxPixels">Larger areas are shrunk.</param>
    /// <exception cref="ModelException">The shape is wider than <see cref="MaxAspect"/>.</exception>
    public FrameSize Fit(int factor, double minPixels, double maxPixels) => Fit(factor, minPixels, maxPixels, least: 0, leastShrunk: factor);

    /// <summary>The size for a frame as the Qwen loader chooses it: differs from <see cref="Fit(int, double, double)"/> for extreme shapes only.</summary>
    /// <inheritdoc cref="Fit(int, double, double)"/>
    public FrameSize FitLoaded(int factor, double minPixels, double maxPixels) => Fit(factor, minPixels, maxPixels, least: factor, leastShrunk: 0);

    private FrameSize Fit(int factor, double minPixels, double maxPixels, int least, int leastShrunk)
    {
        var (height, width) = ((double)Height, (double)Width);
        if (Height <= 0 || Width <= 0 || Math.Max(height, width) / Math.Min(height, width) > MaxAspect)
            throw new ModelException($"A frame of {Width}x{Height} pixels cannot be shown to the model: its longer side may be at most {MaxAspect} times the shorter.");

        var fitted = new FrameSize(
            Math.Max(least, (int)Math.Round(height / factor, MidpointRounding.ToEven) * factor),
            Math.Max(least, (int)Math.Round(width / factor, MidpointRounding.ToEven) * factor));
        if ((double)fitted.Height * fitted.Width > maxPixels)
        {
            var beta = Math.Sqrt(height * width / maxPixels);
            return new(Math.Max(leastShrunk, (int)Math.Floor(height / beta / factor) * factor), Math.Max(leastShrunk, (int)Math.Floor(width / beta / factor) * factor));
        }
        if ((double)fitted.Height * fitted.Width < minPixels)
        {
            var beta = Math.Sqrt(minPixels / (height * width));
            return new((int)Math.Ceiling(height * beta / factor) * factor, (int)Math.Ceiling(width * beta / factor) * factor);
        }
        return fitted;
    }
}

/// <summary>How many pixels a video may have. Everything left out takes the reference's default.</summary>
public sealed record VideoBudget
{
    private const int Block = 28 * 28;

    /// <summary>Least pixels in a frame.</summary>
    public int MinPixels { get; init; } = 128 * Block;

    /// <summary>Most pixels in a frame; null is only bound by the rest.</summary>
    public int? MaxPixels { get; init; }

    /// <summary>Most pixels in the whole video, counted once for two frames.</summary>
    public double TotalPixels { get; init; } = Math.Floor(128000 * Block * 0.9);

    /// <summary>A size that was asked for: only rounded to merge blocks.</summary>
    public FrameSize? Wanted { get; init; }

    /// <summary>The size for each of <paramref name="frames"/> frames of <paramref name="size"/>.</summary>
    public FrameSize Fit(FrameSize size, int frames, int factor = 28)
    {
        if (Wanted is { } wanted) return wanted.FitLoaded(factor, 4 * Block, 16384 * Block);
        var most = Math.Max(Math.Min(768.0 * Block, TotalPixels / frames * 2), (int)(MinPixels * 1.05));
        return size.FitLoaded(factor, MinPixels, Math.Min(MaxPixels ?? most, most));
    }
}
