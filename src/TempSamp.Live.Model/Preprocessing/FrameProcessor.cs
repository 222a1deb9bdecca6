namespace TempSamp.Live.Model;

/// <summary>Normalised patches, ready for the vision tower.</summary>
/// <param name="Values">Row-major [N, 1176]: in each row channel, frame, y, x. Rows of one merge block lie together.</param>
/// <param name="Grid">Time steps and rows and columns of patches; N of them.</param>
public readonly record struct PatchBatch(float[] Values, PatchGrid Grid);

/// <summary>Turns RGB24 frames into the vision tower's patches.</summary>
public sealed class FrameProcessor
{
    private readonly PreprocessorConfig _config;
    private readonly float[] _levels;                                  // [3, 256]: the normalised value of each byte in each channel

    /// <param name="config">Patch geometry and normalisation.</param>
    public FrameProcessor(PreprocessorConfig config)
    {
        _config = config;
        _levels = new float[3 * 256];
        for (var i = 0; i < _levels.Length; i++)
            _levels[i] = (float)((i % 256 / 255.0 - config.Mean[i / 256]) / config.Std[i / 256]);
    }

    /// <summary>Patch geometry and normalisation.</summary>
    public PreprocessorConfig Config => _config;

    /// <summary>Values in one patch.</summary>
    public int PatchLength => 3 * _config.TemporalPatchSize * _config.PatchSize * _config.PatchSize;

    /// <summary>Patches of a video. A size that is not whole merge blocks inside the configured area is resized first; the last frame of an odd number is repeated.</summary>
    /// <param name="frames">Row-major RGB24 frames of one size; at least one.</param>
    /// <param name="size">Their size.</param>
    public PatchBatch Video(IReadOnlyList<byte[]> frames, FrameSize size)
    {
        var fitted = size.Fit(_config.Factor, _config.MinPixels, _config.MaxPixels);
        var resizer = new FrameResizer(size, fitted);
        return Patches(fitted == size ? frames : [.. frames.Select(f => resizer.Video(f))], fitted);
    }

    /// <summary>Patches of a still image, shown for as many frames as a patch has.</summary>
    /// <param name="image">Row-major RGB24.</param>
    /// <param name="size">Its size.</param>
    public PatchBatch Image(byte[] image, FrameSize size)
    {
        var fitted = size.Fit(_config.Factor, _config.MinPixels, _config.MaxPixels);
        return Patches([new FrameResizer(size, fitted).Image(image)], fitted);
    }

    /// <summary>Patches of frames that already have a fitting size.</summary>
    /// <param name="frames">Row-major RGB24 frames; the last one is repeated where a time step is not full.</param>
    /// <param name="size">Their size: whole merge blocks.</param>
    /// <exception cref="ModelException">There are no frames, or their size does not fit.</exception>
    public PatchBatch Patches(IReadOnlyList<byte[]> frames, FrameSize size)
    {
        if (frames.Count == 0) throw new ModelException("A video without frames cannot be shown to the model: give at least one frame.");
        var depth = _config.TemporalPatchSize;
        var grid = new PatchGrid((frames.Count + depth - 1) / depth, size.Height / _config.PatchSize, size.Width / _config.PatchSize);
        var values = new float[grid.Patches * PatchLength];
        for (var t = 0; t < grid.Time; t++)
            for (var f = 0; f < depth; f++)
                Scatter(frames[Math.Min(t * depth + f, frames.Count - 1)], size, f, values.AsSpan(t * grid.Height * grid.Width * PatchLength));
        return new(values, grid);
    }

    /// <summary>Writes one frame into its places in the patches of one time step.</summary>
    /// <param name="frame">Row-major RGB24.</param>
    /// <param name="size">Its size: whole merge blocks.</param>
    /// <param name="depth">Number of the frame inside the time step.</param>
    /// <param name="step">The time step's patches: [h * w, 1176].</param>
    /// <exception cref="ModelException">The size does not fit the frame or merge blocks.</exception>
    public void Scatter(ReadOnlySpan<byte> frame, FrameSize size, int depth, Span<float> step)
    {
        if (size.Height % _config.Factor != 0 || size.Width % _config.Factor != 0 || frame.Length != size.Height * size.Width * 3)
            throw new ModelException($"A frame of {frame.Length} bytes and {size.Width}x{size.Height} pixels does not fit: wanted RGB24 with sides that are multiples of {_config.Factor}.");

        var (side, merge, columns) = (_config.PatchSize, _config.MergeSize, size.Width / _config.PatchSize);
        var area = side * side;
        for (var y = 0; y < size.Height; y++)
        {
            var (row, inner) = (y / side, y % side);
            for (var column = 0; column < columns; column++)
            {
                // Rows of a merge block are consecutive: block row, block column, row in block, column in block.
                var patch = ((row / merge * (columns / merge) + column / merge) * merge + row % merge) * merge + column % merge;
                var pixels = frame.Slice((y * size.Width + column * side) * 3, side * 3);
                for (var channel = 0; channel < 3; channel++)
                {
                    var levels = _levels.AsSpan(channel * 256, 256);
                    var target = step.Slice(patch * PatchLength + (channel * _config.TemporalPatchSize + depth) * area + inner * side, side);
                    for (var x = 0; x < target.Length; x++) target[x] = levels[pixels[x * 3 + channel]];
                }
            }
        }
    }
}
