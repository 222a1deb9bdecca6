namespace TempSamp.Live.Model;

/// <summary>Equal attention windows that lie one after another in a time step.</summary>
/// <param name="Start">First patch, counted inside the time step.</param>
/// <param name="Count">How many windows.</param>
/// <param name="Length">Patches in each.</param>
public readonly record struct WindowBucket(int Start, int Count, int Length);

/// <summary>Time steps of one frame size that lie one after another in the batch.</summary>
/// <param name="Start">First patch, counted in the batch.</param>
/// <param name="Steps">Time steps.</param>
/// <param name="Frame">Order of patches, windows and positions inside each step.</param>
internal readonly record struct FrameRun(int Start, int Steps, FrameLayout Frame);

/// <summary>
/// How one time step of h x w patches is laid out in the tower: merge blocks grouped by attention window, windows of equal size side by side.
/// </summary>
/// <remarks>
/// The reference lists windows row by row; attention does not care about the order of windows, and sorted by size they become a few dense
/// batched products (at most four sizes: inner, right edge, bottom edge, corner) instead of one product a window.
/// </remarks>
internal sealed class FrameLayout
{
    /// <summary>Lays out a frame of <paramref name="height"/> x <paramref name="width"/> patches.</summary>
    public FrameLayout(int height, int width, QwenVisionConfig config)
    {
        var merge = config.SpatialMergeSize;
        (Height, Width) = (height, width);
        Patches = height * width;
        Windows = WindowsOf(height / merge, width / merge, config.WindowBlocks);
        var sorted = Windows.OrderByDescending(w => w.Length).ToArray();                // stable
        BlockOrder = [.. sorted.SelectMany(w => w)];
        Buckets = BucketsOf(sorted, config.MergeLength);
        Positions = PositionsOf(BlockOrder, width / merge, merge);
    }

    /// <summary>Rows of patches.</summary>
    public int Height { get; }

    /// <summary>Columns of patches.</summary>
    public int Width { get; }

    /// <summary>Patches in one time step.</summary>
    public int Patches { get; }

    /// <summary>Merge blocks (raster numbers) of each window, windows and blocks row by row.</summary>
    public int[][] Windows { get; }

    /// <summary>Raster number of the merge block at each place of the tower's order.</summary>
    public int[] BlockOrder { get; }

    /// <summary>The windows as dense groups.</summary>
    public WindowBucket[] Buckets { get; }

    /// <summary>Row and column of the patch at each place of the tower's order.</summary>
    public (int Row, int Column)[] Positions { get; }

    private static int[][] WindowsOf(int rows, int columns, int side)
    {
        var windows = new List<int[]>();
        for (var top = 0; top < rows; top += side)
            for (var left = 0; left < columns; left += side)
            {
                var (bottom, right) = (Math.Min(top + side, rows), Math.Min(left + side, columns));
                windows.Add([.. from r in Enumerable.Range(top, bottom - top) from c in Enumerable.Range(left, right - left) select r * columns + c]);
            }
        return [.. windows];
    }

    private static WindowBucket[] BucketsOf(int[][] sorted, int mergeLength)
    {
        var buckets = new List<WindowBucket>();
        var start = 0;
        foreach (var size in sorted.GroupBy(w => w.Length * mergeLength))
        {
            buckets.Add(new(start, size.Count(), size.Key));
            start += size.Count() * size.Key;
        }
        return [.. buckets];
    }

    // A merge block holds its patches row by row, and is itself one unit of the order.
    private static (int, int)[] PositionsOf(int[] blocks, int columns, int merge) =>
        [.. from b in blocks from r in Enumerable.Range(0, merge) from c in Enumerable.Range(0, merge)
            select (b / columns * merge + r, b % columns * merge + c)];
}

/// <summary>How a batch of videos and images is laid out in the tower.</summary>
internal sealed class VisionLayout
{
    /// <summary>Lays out grids of (time steps, patch rows, patch columns).</summary>
    /// <exception cref="ModelException">A grid is empty or does not divide into merge blocks.</exception>
    public VisionLayout(IReadOnlyList<(int T, int H, int W)> grids, QwenVisionConfig config)
    {
        var order = new List<long>();
        var runs = new List<FrameRun>();
        foreach (var (t, h, w) in grids)
        {
            if (t <= 0 || h <= 0 || w <= 0 || h % config.SpatialMergeSize != 0 || w % config.SpatialMergeSize != 0)
                throw new ModelException($"Vision grid {t}x{h}x{w} does not divide into merge blocks of {config.SpatialMergeSize}x{config.SpatialMergeSize} patches. Resize frames to multiples of {config.PatchSize * config.SpatialMergeSize} pixels.");
            var known = runs.FirstOrDefault(r => r.Frame.Height == h && r.Frame.Width == w).Frame;
            var frame = known ?? new FrameLayout(h, w, config);
            for (var step = 0; step < t; step++)
            {
                var first = order.Count;
                order.AddRange(frame.BlockOrder.Select(b => (long)first + b));
            }
            if (runs.Count > 0 && runs[^1].Frame == frame) runs[^1] = runs[^1] with { Steps = runs[^1].Steps + t };
            else runs.Add(new(Patches, t, frame));
            Patches += t * frame.Patches;
        }
        BlockOrder = [.. order];
        Runs = [.. runs];
    }

    /// <summary>Patches in the batch.</summary>
    public int Patches { get; }

    /// <summary>Number of the merge block, in the order of the input, at each place of the tower's order.</summary>
    public long[] BlockOrder { get; }

    /// <summary>Runs of equal time steps.</summary>
    public FrameRun[] Runs { get; }
}
