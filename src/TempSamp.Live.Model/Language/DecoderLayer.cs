using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>One layer of the decoder: attention, then MLP, each on a normed copy and added back.</summary>
internal sealed class DecoderLayer : nn.Module
{
    [ComponentName(Name = "input_layernorm")] private readonly RmsNorm _inputNorm;
    [ComponentName(Name = "self_attn")] private readonly DecoderAttention _attention;
    [ComponentName(Name = "post_attention_layernorm")] private readonly RmsNorm _mlpNorm;
    [ComponentName(Name = "mlp")] private readonly GatedMlp _mlp;

    public DecoderLayer(QwenTextConfig config, Storage storage) : base(nameof(DecoderLayer))
    {
        _inputNorm = new(config.HiddenSize, config.RmsNormEps, storage);
        _attention = new(config, storage);
        _mlpNorm = new(config.HiddenSize, config.RmsNormEps, storage);
        _mlp = new(config.HiddenSize, config.IntermediateSize, bias: false, storage);
        RegisterComponents();
    }

    /// <summary>[B, S, D] -> [B, S, D]; see <see cref="DecoderAttention.Forward"/>.</summary>
    public Tensor Forward(int layer, Tensor x, Rotary rotary, Tensor? mask, KeyValueCache? cache, ILayerObserver? observer)
    {
        using var scope = NewDisposeScope();
        x = x.Plus(_attention.Forward(layer, _inputNorm.forward(x), rotary, mask, cache, observer));
        return x.Plus(_mlp.forward(_mlpNorm.forward(x))).MoveToOuterDisposeScope();
    }

    /// <summary>Changes the stream [N, D] in place; see <see cref="DecoderAttention.Read"/>.</summary>
    public void Read(int layer, Tensor stream, Rotary rotary, IPassAttention attention)
    {
        using var scope = NewDisposeScope();
        _attention.Read(layer, stream, _inputNorm.Read(stream), rotary, attention);
        _mlp.AddTo(stream, _mlpNorm.Read(stream));
    }
}
