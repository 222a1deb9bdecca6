using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes; empty for a scalar.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="Length">Bytes.</param>
public sealed record TensorEntry(ScalarType Type, long[] Shape, long Offset, long Length);
