using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Runs the decoder over packed windows whose vision features are at hand.</summary>
public static class PackedForward
{
    /// <summary>Final normed hidden states.</summary>
    /// <param name="model">The model; its parameters may be float32 while activations are bfloat16.</param>
    /// <param name="batch">The layout.</param>
    /// <param name="features">[B, videoTokens, D] in bfloat16.</param>
    /// <param name="observer">Sees the layers on the way.</param>
    /// <returns>[B, S, D].</returns>
    public static Tensor Run(QwenModel model, PackedBatch batch, Tensor features, ILayerObserver? observer = null)
    {
        using var scope = NewDisposeScope();
        var embeds = Embed(model, batch.InputIds.to(model.Device), batch.VideoStart, features.to(model.Device));
        return model.Language.Forward(embeds, batch.PositionIds.to(model.Device), batch.Mask.to(model.Device), observer: observer).MoveToOuterDisposeScope();
    }

    /// <summary>Token rows with the features in place of the video's placeholders.</summary>
    /// <param name="model">For its embedding.</param>
    /// <param name="ids">[B, S] token ids.</param>
    /// <param name="videoStart">Position of the first video token.</param>
    /// <param name="features">[B, videoTokens, D]; their type is the type that is computed in.</param>
    /// <returns>[B, S, D].</returns>
    public static Tensor Embed(QwenModel model, Tensor ids, int videoStart, Tensor features)
    {
        using var scope = NewDisposeScope();
        var text = model.Language.Embedding.forward(ids).to(features.dtype);
        var after = videoStart + features.shape[1];
        return cat([text.narrow(1, 0, videoStart), features, text.narrow(1, after, text.shape[1] - after)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Float32 logits [N, V] of the positions that predict <paramref name="tokens"/>.</summary>
    public static Tensor Logits(QwenModel model, Tensor hidden, IReadOnlyList<PredictedToken> tokens)
    {
        using var scope = NewDisposeScope();
        var length = hidden.shape[1];
        var rows = tensor(tokens.Select(t => t.Row * length + t.Position).ToArray(), device: hidden.device);
        return model.Logits(hidden.reshape(-1, hidden.shape[2]).index_select(0, rows)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
