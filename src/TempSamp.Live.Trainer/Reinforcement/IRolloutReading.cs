using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>Reads B windows side by side, and whatever is said behind them. Without gradients.</summary>
public interface IRolloutReading : IDisposable
{
    /// <summary>Reads what everything that is said behind a window sees, in order.</summary>
    /// <param name="embeds">[B, S, D].</param>
    /// <param name="positions">[3, B, S].</param>
    void ReadShared(Tensor embeds, Tensor positions);

    /// <summary>Reads tokens behind them and behind all tokens that were read so far.</summary>
    /// <param name="embeds">[B, n, D].</param>
    /// <param name="positions">[3, B, n].</param>
    /// <param name="mask">[B, n, m + n], true where a token sees one of the m that were read behind the window or of the n new ones.</param>
    /// <returns>Normed hidden states, [B, n, D].</returns>
    Tensor Read(Tensor embeds, Tensor positions, Tensor mask);
}
