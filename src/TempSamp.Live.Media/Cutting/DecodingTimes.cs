using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Decoding times made from presentation times. Sources rewrite, round and repeat theirs; a file needs them strictly rising and never after
/// the frame is shown. With D the deepest reordering, packet i is decoded when the (i - D)th frame is shown.
/// </summary>
internal static class DecodingTimes
{
    /// <summary>Strictly rising times in ticks of <see cref="MediaTime"/>; negative for the first D packets when the first frame is at zero.</summary>
    /// <param name="pts">Presentation times in decoding order; all different.</param>
    public static long[] For(IReadOnlyList<long> pts)
    {
        var shown = pts.Order().ToArray();
        var rank = new Dictionary<long, int>(shown.Length);
        for (var i = 0; i < shown.Length; i++) rank[shown[i]] = i;
        var depth = pts.Select((at, i) => i - rank[at]).Max();
        var step = shown.Length > 1 ? Math.Max(1, (shown[^1] - shown[0]) / (shown.Length - 1)) : 1;
        return [.. Enumerable.Range(0, shown.Length).Select(i => i >= depth ? shown[i - depth] : shown[0] - (depth - i) * step)];
    }
}
