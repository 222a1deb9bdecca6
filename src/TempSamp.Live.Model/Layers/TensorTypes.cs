using static TorchSharp.torch;

namespace TempSamp.Live.Model;

internal static class TensorTypes
{
    /// <summary>The tensor itself where it has the type already, else a copy in the current dispose scope.</summary>
    public static Tensor In(this Tensor tensor, ScalarType type) => tensor.dtype == type ? tensor : tensor.to(type);

    /// <summary>The sum, without the number that <c>+</c> makes up for each call; see <see cref="KeptScalar"/>.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, KeptScalar.Of(1L));
}
