using TorchSharp;
using TorchSharp.Modules;

namespace TempSamp.Live.Model;

/// <summary>Element type and device that a module's parameters are made with. Their values are undefined until they are loaded or initialised.</summary>
public readonly record struct Storage(torch.ScalarType Type, torch.Device Device)
{
    internal Parameter Empty(params long[] shape) => new(torch.empty(shape, Type, Device));
}
