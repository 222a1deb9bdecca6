namespace TempSamp.Live.Model;

/// <summary>
/// Along one side of a picture: which source pixels make each new one, and their weights. Bicubic with a = -0.5, half-pixel centres, the kernel widened when
/// shrinking so that nothing is skipped.
/// </summary>
internal sealed class ResampleAxis
{
    /// <param name="source">Pixels there are.</param>
    /// <param name="target">Pixels wanted.</param>
    public ResampleAxis(int source, int target)
    {
        (First, Weights) = (new int[target], new double[target][]);
        var scale = source / (double)target;
        var widened = Math.Max(scale, 1);
        for (var i = 0; i < target; i++)
        {
            var centre = scale * (i + 0.5);
            var first = Math.Max((int)(centre - 2 * widened + 0.5), 0);
            var weights = new double[Math.Min((int)(centre + 2 * widened + 0.5), source) - first];
            for (var j = 0; j < weights.Length; j++) weights[j] = Kernel((first + j - centre + 0.5) / widened);
            var sum = weights.Sum();
            (First[i], Weights[i]) = (first, Array.ConvertAll(weights, w => w / sum));
        }
    }

    /// <summary>First source pixel of each new one.</summary>
    public int[] First { get; }

    /// <summary>Weights of the source pixels from there on; they sum to 1.</summary>
    public double[][] Weights { get; }

    private static double Kernel(double x) => Math.Abs(x) switch
    {
        < 1 and var t => (1.5 * t - 2.5) * t * t + 1,
        < 2 and var t => ((-0.5 * t + 2.5) * t - 4) * t + 2,
        _ => 0,
    };
}
