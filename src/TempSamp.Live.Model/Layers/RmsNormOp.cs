using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>libtorch's own normalisation, which TorchSharp does not bind, reached through TorchScript.</summary>
/// <remarks>The number is part of the script, not an argument: see <see cref="KeptScalar"/>.</remarks>
internal sealed class RmsNormOp(double eps)
{
    private readonly jit.CompilationUnit _script = jit.compile($"""
        def normed(x: Tensor, weight: Tensor) -> Tensor:
            return torch.rms_norm(x, [x.size(-1)], weight, {eps.ToString("0.0###############", CultureInfo.InvariantCulture)})

        """);

    /// <summary>x scaled to a root mean square of one in float32, then times weight: [..., D] -> [..., D]. One kernel on a GPU.</summary>
    public Tensor Apply(Tensor x, Tensor weight) => (Tensor)_script.invoke("normed", x, weight);
}
