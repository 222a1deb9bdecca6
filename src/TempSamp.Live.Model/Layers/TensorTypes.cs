using static TorchSharp.torch;

namespace TempSamp.Live.Model;

internal static class TensorTypes
{
    /// <summary>The tensor itself where it has the type already, else a copy in the current dispose scope.</summary>
    public static Tensor In(this Tensor tensor, ScalarType type) => tensor.dtype == type ? tensor : tensor.to(type);
}
