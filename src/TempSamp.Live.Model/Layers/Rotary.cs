using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Cosine and sine of one rotary angle per pair of head dimensions.</summary>
/// <param name="Cos">[..., D], both halves alike; leading dimensions broadcast over what is rotated.</param>
/// <param name="Sin">[..., D], the first half with its sign turned, so that turning is one shift, one product and one sum.</param>
/// <remarks>Dimension j turns with dimension j + D/2 (halves, not neighbours).</remarks>
public readonly record struct Rotary(Tensor Cos, Tensor Sin)
{
    /// <summary>Frequencies base^(-2j/width) for j in [0, width/2).</summary>
    public static float[] Frequencies(double theta, int width) =>
        [.. Enumerable.Range(0, width / 2).Select(j => (float)(1 / Math.Pow(theta, 2.0 * j / width)))];

    /// <summary>Cosine and sine of float32 angles [..., D/2], then cast.</summary>
    public static Rotary Of(Tensor angles, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (cos, sin) = (angles.cos().In(type), angles.sin().In(type));
        return new(cat([cos, cos], -1).MoveToOuterDisposeScope(), cat([sin.neg(), sin], -1).MoveToOuterDisposeScope());
    }

    /// <summary>Turns each pair (x_j, x_{j+D/2}) by its angle: [..., D] -> [..., D], computed and given in the tables' type.</summary>
    public Tensor Turn(Tensor x)
    {
        var turned = x.roll(x.shape[^1] / 2, -1);
        return (x.dtype == Sin.dtype ? turned.mul_(Sin) : turned.mul(Sin)).addcmul_(x, Cos, KeptScalar.Of(1L));
    }
}
