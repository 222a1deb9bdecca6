using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Sums that do not make up a number for each call: TorchSharp's <c>x + y</c> and <c>x.add_(y)</c> add one times y, and that one is lost too early; see <see cref="KeptScalar"/>.</summary>
public static class TensorSums
{
    private static readonly Scalar One = KeptScalar.Of(1L);

    /// <summary>The sum.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    /// <summary>Adds to a tensor in place, and gives it back.</summary>
    public static Tensor Increase(this Tensor x, Tensor by) => x.add_(by, One);

    /// <summary>Adds a number, a kept one, to every element in place, and gives the tensor back.</summary>
    public static Tensor Increase(this Tensor x, Scalar by) => x.add_(by, One);
}
