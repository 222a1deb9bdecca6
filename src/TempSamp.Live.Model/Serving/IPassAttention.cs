using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>How the new tokens of one serving pass attend to what their sequences hold and to each other, in every layer.</summary>
internal interface IPassAttention
{
    /// <summary>Writes the keys and values of the new tokens of one layer, and reads.</summary>
    /// <param name="layer">Number of the layer.</param>
    /// <param name="turned">Turned queries, then keys, [N, H + K, D].</param>
    /// <param name="values">[N, K, D].</param>
    /// <returns>What the queries see, [N, H D].</returns>
    Tensor Attend(int layer, Tensor turned, Tensor values);
}
