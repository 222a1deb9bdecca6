using TempSamp.Live.Core;
using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>Patches of two frames that the model sees as one: second <paramref name="Second"/> of the session.</summary>
/// <param name="Second">Number of the pair.</param>
/// <param name="Patches">[h * w, 1176] row-major.</param>
internal readonly record struct FramePair(long Second, float[] Patches);

/// <summary>Makes pairs of frames of the 2 fps grid. Where one frame of a pair is missing, the other stands for it.</summary>
internal sealed class PairAssembler(GroundingModel model)
{
    private const int Depth = 2;
    private FramePair? _open;
    private long _done = -1;

    /// <summary>Takes the next frame and returns the pairs that are complete with it, none to two.</summary>
    /// <exception cref="ModelException">The frame has another size than the model was promised.</exception>
    public IReadOnlyList<FramePair> Push(SampledFrame frame)
    {
        if (frame.Width != model.Size.Width || frame.Height != model.Size.Height)
            throw new ModelException($"A frame of {frame.Width}x{frame.Height} came, but the model is shown {model.Size.Width}x{model.Size.Height}. Sample the stream with the finder's profile.");
        var second = frame.Slot / Depth;
        if (second <= _done) return [];

        var complete = new List<FramePair>();
        if (_open is { } other && other.Second != second) complete.AddRange(Flush());
        var pair = _open ?? New(second, frame);
        model.Frames.Scatter(frame.Rgb, model.Size, (int)(frame.Slot % Depth), pair.Patches);
        _open = pair;
        if (frame.Slot % Depth == Depth - 1) complete.AddRange(Flush());
        return complete;
    }

    /// <summary>The pair that waits for its second frame, as it is.</summary>
    public IReadOnlyList<FramePair> Flush()
    {
        if (_open is not { } pair) return [];
        (_open, _done) = (null, pair.Second);
        return [pair];
    }

    // Both halves start as this frame; the other frame, if it comes, replaces its half.
    private FramePair New(long second, SampledFrame frame)
    {
        var patches = new float[model.PairGrid.Patches * model.Frames.PatchLength];
        for (var half = 0; half < Depth; half++) model.Frames.Scatter(frame.Rgb, model.Size, half, patches);
        return new(second, patches);
    }
}
