using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Reads the windows as rows of one batch, with the layers that training runs: weights may be of another type than what is computed in.</summary>
/// <param name="model">The policy.</param>
/// <param name="rows">B.</param>
/// <param name="capacity">Most tokens of a window and behind it.</param>
/// <param name="type">What is computed in.</param>
public sealed class BatchedReading(QwenModel model, int rows, int capacity, ScalarType type) : IRolloutReading
{
    private readonly KeyValueCache _cache = new(model.Config.Text, rows, capacity, type, model.Device);
    private int _shared;

    /// <inheritdoc/>
    public void ReadShared(Tensor embeds, Tensor positions)
    {
        using var scope = NewDisposeScope();
        model.Language.Prefill(embeds, positions, null, _cache);
        _shared = _cache.Length;
    }

    /// <inheritdoc/>
    public Tensor Read(Tensor embeds, Tensor positions, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var window = ones([mask.shape[0], mask.shape[1], _shared], ScalarType.Bool, mask.device);
        return model.Language.Forward(embeds, positions, cat([window, mask], 2).unsqueeze(1), _cache).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();
}
