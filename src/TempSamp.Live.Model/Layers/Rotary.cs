using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Cosine and sine of one rotary angle per pair of head dimensions.</summary>
/// <param name="Cos">[..., D/2]; leading dimensions broadcast over what is rotated.</param>
/// <param name="Sin">[..., D/2].</param>
/// <remarks>Dimension j turns with dimension j + D/2 (halves, not neighbours), so both halves share one table.</remarks>
public readonly record struct Rotary(Tensor Cos, Tensor Sin)
{
    /// <summary>Frequencies base^(-2j/width) for j in [0, width/2).</summary>
    public static float[] Frequencies(double theta, int width) =>
        [.. Enumerable.Range(0, width / 2).Select(j => (float)(1 / Math.Pow(theta, 2.0 * j / width)))];

    /// <summary>Cosine and sine of float32 angles [..., D/2], then cast.</summary>
    public static Rotary Of(Tensor angles, ScalarType type) => new(angles.cos().In(type), angles.sin().In(type));

    /// <summary>Turns each pair (x_j, x_{j+D/2}) by its angle: [..., D] -> [..., D].</summary>
    public Tensor Turn(Tensor x)
    {
        var half = x.shape[^1] / 2;
        var first = x.narrow(-1, 0, half);
        var second = x.narrow(-1, half, half);
        return cat([(first * Cos).addcmul(second, Sin, KeptScalar.Of(-1L)), (second * Cos).addcmul(first, Sin, KeptScalar.Of(1L))], -1);
    }
}
