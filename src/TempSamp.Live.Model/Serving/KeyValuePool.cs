using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Hands out caches that lie in common memory, which it takes from the device in few large pieces.</summary>
/// <remarks>For one thread, as the model is.</remarks>
public sealed class KeyValuePool : IDisposable
{
    /// <summary>Share of the device's free memory that a piece takes; the rest is for passes.</summary>
    private const double Share = 0.6;

    private readonly QwenModel _model;
    private readonly int? _tokens;              // least of a piece; null for most of what is free
    private readonly List<KeyValueMemory> _pieces = [];

    private KeyValuePool(QwenModel model, int? tokens) => (_model, _tokens) = (model, tokens);

    /// <summary>A pool for a model; null where its device reads each sequence by itself: the processor, and whatever has no fused attention for the model's type.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Least tokens of a piece, where the rest of the device is for others; most of what is free when null.</param>
    public static KeyValuePool? For(QwenModel model, int? tokens = null) => FusedAttention.Runs(model.Type, model.Device) ? new(model, tokens) : null;

    /// <summary>A cache of one sequence. Disposing it gives its room back.</summary>
    /// <param name="tokens">Most tokens that it can hold.</param>
    public KeyValueCache Rent(int tokens)
    {
        foreach (var piece in _pieces)
            if (piece.Take(tokens) is { } at) return new(_model.Config.Text, piece, at, tokens);
        _pieces.Add(Piece(tokens));
        return Rent(tokens);
    }

    // Where less is free than it seemed, half of it is asked for, and so on down to what is needed.
    private KeyValueMemory Piece(int least)
    {
        var text = _model.Config.Text;
        var token = 2L * text.Layers * text.KeyValueSize * _model.Type.ElementSize();
        for (var tokens = Math.Max(least, _tokens ?? (int)Math.Min(int.MaxValue / 2, Share * CudaRuntime.FreeBytes() / token)); ; tokens = Math.Max(least, tokens / 2))
        {
            try
            {
                return new(text, tokens, _model.Type, _model.Device);
            }
            catch (ExternalException) when (tokens > least)
            {
                continue;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var piece in _pieces) piece.Dispose();
    }
}
