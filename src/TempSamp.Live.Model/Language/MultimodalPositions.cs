namespace TempSamp.Live.Model;

/// <summary>Positions of a batch of token sequences in time, height and width.</summary>
/// <param name="Ids">Row-major [3, B, S]; 1 at padding.</param>
/// <param name="Deltas">For each sequence: what to add to a token's index, padding included, for its position after the sequence; the same on all three axes.</param>
public readonly record struct PositionBatch(long[] Ids, long[] Deltas);

/// <summary>Counts positions: text moves along all three axes together, an image or video spans a box from where the text stands.</summary>
/// <param name="config">Token ids, merge size and tokens a second.</param>
public sealed class MultimodalPositions(QwenConfig config)
{
    /// <summary>Position of time step <paramref name="step"/> relative to the start of its video, in single precision as the reference computes it.</summary>
    public int Temporal(int step, float secondsPerGrid) => (int)(float)((float)(step * secondsPerGrid) * (float)config.Vision.TokensPerSecond);

    /// <summary>Positions of a batch.</summary>
    /// <param name="inputIds">[B, S] token ids.</param>
    /// <param name="attentionMask">[B, S], 0 at padding; null where there is none.</param>
    /// <param name="images">Grids of all images, in order over the batch.</param>
    /// <param name="videos">Grids of all videos, in order over the batch.</param>
    /// <param name="secondsPerGrid">Seconds that one time step covers, for each video; null is 1.</param>
    /// <exception cref="ModelException">Grids and placeholders do not agree.</exception>
    public PositionBatch Of(
        IReadOnlyList<int[]> inputIds, IReadOnlyList<int[]>? attentionMask,
        IReadOnlyList<PatchGrid> images, IReadOnlyList<PatchGrid> videos, IReadOnlyList<float>? secondsPerGrid = null)
    {
        var length = inputIds.Count == 0 ? 0 : inputIds[0].Length;
        var ids = new long[3 * inputIds.Count * length];
        var deltas = new long[inputIds.Count];
        var (image, video) = (0, 0);
        for (var row = 0; row < inputIds.Count; row++)
        {
            var next = 0;                                              // one more than any position so far
            for (var at = 0; at < length;)
            {
                if (attentionMask is not null && attentionMask[row][at] == 0) Put(row, at++, 1, 1, 1);
                else if (inputIds[row][at] == config.ImageTokenId) (at, next) = Box(row, at, next, Take(images, image++, "image"), 0);
                else if (inputIds[row][at] == config.VideoTokenId)
                {
                    (at, next) = Box(row, at, next, Take(videos, video, "video"), secondsPerGrid?[video] ?? 1);
                    video++;
                }
                else
                {
                    Put(row, at++, next, next, next);
                    next++;
                }
            }
            deltas[row] = next - length;
        }
        if (image != images.Count || video != videos.Count)
            throw new ModelException($"The text shows {image} images and {video} videos, but grids of {images.Count} and {videos.Count} came with it.");
        return new(ids, deltas);

        void Put(int row, int at, long time, long height, long width)
        {
            var (place, axis) = (row * length + at, inputIds.Count * length);
            (ids[place], ids[place + axis], ids[place + 2 * axis]) = (time, height, width);
        }

        (int At, int Next) Box(int row, int at, int next, PatchGrid grid, float seconds)
        {
            var (pad, merge, most) = (inputIds[row][at], config.Vision.SpatialMergeSize, next);
            for (var t = 0; t < grid.Time; t++)
                for (var h = 0; h < grid.Height / merge; h++)
                    for (var w = 0; w < grid.Width / merge; w++, at++)
                    {
                        if (at >= length || inputIds[row][at] != pad)
                            throw new ModelException($"Sequence {row} has fewer placeholders than its grid {grid.Time}x{grid.Height}x{grid.Width} wants: expand the text with the same grids.");
                        var time = next + Temporal(t, seconds);
                        Put(row, at, time, next + h, next + w);
                        most = Math.Max(most, Math.Max(time, next + Math.Max(h, w)));
                    }
            return (at, most + 1);
        }
    }

    private static PatchGrid Take(IReadOnlyList<PatchGrid> grids, int index, string kind) => index < grids.Count
        ? grids[index]
        : throw new ModelException($"The text shows more {kind}s than the {grids.Count} grids that came with it.");
}
