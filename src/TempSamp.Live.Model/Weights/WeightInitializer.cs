using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Random weights to train from: unit gain through every linear layer, damped where a layer adds to the residual stream.</summary>
internal static class WeightInitializer
{
    private const double EmbeddingStd = 0.02;

    public static void Fill(QwenModel model, int seed)
    {
        using var _ = no_grad();
        using var random = DeviceDice.Seeded(seed, model.Device);
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (parameter.dim() == 1) Constant(name, parameter);
            else Random(parameter, Std(model.Config, name, parameter.shape), random);
        }
    }

    // A seed gives the same weights however they lie in memory.
    private static void Random(Tensor weight, double std, Generator? random)
    {
        if (weight.is_contiguous())
        {
            weight.normal_(0, std, random);
            return;
        }
        using var drawn = empty(weight.shape, weight.dtype, weight.device);
        weight.copy_(drawn.normal_(0, std, random));
    }

    private static void Constant(string name, Tensor vector) => vector.fill_(KeptScalar.Of(name.EndsWith("bias", StringComparison.Ordinal) ? 0L : 1L));

    private static double Std(QwenConfig config, string name, long[] shape)
    {
        if (name.EndsWith("embed_tokens.weight", StringComparison.Ordinal)) return EmbeddingStd;
        var std = 1 / Math.Sqrt(shape[1..].Aggregate(1L, (a, b) => a * b));
        var addsToStream = name.EndsWith("o_proj.weight", StringComparison.Ordinal) || name.EndsWith("attn.proj.weight", StringComparison.Ordinal)
            || name.EndsWith("down_proj.weight", StringComparison.Ordinal);
        var layers = name.StartsWith("visual.", StringComparison.Ordinal) ? config.Vision.Depth : config.Text.Layers;
        return addsToStream ? std / Math.Sqrt(2 * layers) : std;
    }
}
