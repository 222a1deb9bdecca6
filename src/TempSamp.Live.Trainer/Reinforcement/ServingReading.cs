using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Reads each window with serving's pass, which on a GPU is a few fused kernels a layer and is replayed where few tokens are read: for weights of the type that is computed in.</summary>
/// <remarks>A window's cache counts what is shared and no more. What is said lies in the room behind that, under masks of its own.</remarks>
/// <param name="model">The policy.</param>
/// <param name="caches">One a window, empty; owned from now on.</param>
public sealed class ServingReading(QwenModel model, IReadOnlyList<KeyValueCache> caches) : IRolloutReading
{
    /// <summary>Tokens of a window that are read in one pass: beyond this many the device has enough to do.</summary>
    private const int MostTokens = 4096;

    private int _said;

    /// <inheritdoc/>
    public void ReadShared(Tensor embeds, Tensor positions)
    {
        foreach (var (row, cache) in caches.Index())
            for (var at = 0; at < embeds.shape[1]; at += MostTokens)
            {
                using var scope = NewDisposeScope();
                var count = (int)Math.Min(MostTokens, embeds.shape[1] - at);
                model.Language.Read(embeds[row].narrow(0, at, count), positions.select(1, row).narrow(1, at, count), [Stretch.Causal(cache, count)]);
                cache.Advance(count);
            }
    }

    /// <inheritdoc/>
    public Tensor Read(Tensor embeds, Tensor positions, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var count = (int)embeds.shape[1];
        var scores = zeros(mask.shape, embeds.dtype, embeds.device).masked_fill_(mask.logical_not(), KeptScalar.Of(double.NegativeInfinity));         // [B, n, m + n]
        var hidden = model.Language.Read(
            embeds.flatten(0, 1), positions.flatten(1, 2), [.. caches.Select((cache, row) => new Stretch(cache, cache.Length + _said, count, scores[row]))]);
        _said += count;
        return hidden.view(embeds.shape).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var cache in caches) cache.Dispose();
    }
}
