using TorchSharp;
using TorchSharp.Modules;

namespace TempSamp.Live.Model;

/// <summary>Element type and device that a module's parameters are made with. Their values are undefined until they are loaded or initialised.</summary>
public readonly record struct Storage(torch.ScalarType Type, torch.Device Device)
{
    internal Parameter Empty(params long[] shape) => new(torch.empty(shape, Type, Device));

    /// <summary>A width filled up to whole 16 bytes of bfloat16: a GPU's matrix units read such rows faster. The tower of the published models is 3,420 wide inside.</summary>
    internal static int Padded(int width) => (width + 7) / 8 * 8;

    /// <summary>Zeroes what lies behind <paramref name="used"/> in a dimension; nothing where all of it is used.</summary>
    internal static void ZeroFrom(torch.Tensor tensor, int dimension, int used)
    {
        if (tensor.shape[dimension] > used) tensor.narrow(dimension, used, tensor.shape[dimension] - used).zero_();
    }
}
