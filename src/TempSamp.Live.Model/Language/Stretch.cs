using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Tokens that one sequence is continued by in a pass of <see cref="LanguageModel.Read"/>.</summary>
/// <param name="Cache">What the sequence holds already; one row.</param>
/// <param name="At">Place of the first new token in the cache.</param>
/// <param name="Tokens">n, how many.</param>
/// <param name="Mask">
/// [n, At + n - held] in the type that is computed in, added to the scores of the keys behind those that the cache holds, which every token sees; null where every token sees those
/// too.
/// </param>
public readonly record struct Stretch(KeyValueCache Cache, int At, int Tokens, Tensor? Mask)
{
    /// <summary>Tokens that follow what the cache holds and see it and each other in order.</summary>
    /// <param name="cache">The sequence.</param>
    /// <param name="tokens">How many follow.</param>
    public static Stretch Causal(KeyValueCache cache, int tokens) => new(cache, cache.Length, tokens, null) { IsCausal = true };

    /// <summary>Whether each token sees those before it and no other; else the mask says.</summary>
    internal bool IsCausal { get; private init; }

    /// <summary>Keys that are attended to apart from those under the mask; see <see cref="MergedAttention"/>.</summary>
    internal int Apart { get; private init; }

    /// <summary>As the layers want it: the mask once for each query head of a group, [G*n, T - apart].</summary>
    internal Stretch Folded(int groups, ScalarType type, Device device)
    {
        if (Masked(type, device) is not { } mask) return this;
        var rows = mask.repeat(groups, 1);
        return rows.device_type == DeviceType.CPU && Tokens >= MergedAttention.LeastTokens && Cache.Length >= MergedAttention.LeastKeys
            ? this with { Mask = rows, Apart = Cache.Length }
            : this with { Mask = nn.functional.pad(rows, [Cache.Length, 0]) };
    }

    /// <summary>The mask, [n, At + n - held]; null where every token sees all.</summary>
    internal Tensor? Masked(ScalarType type, Device device) =>
        IsCausal && Tokens > 1 ? full([Tokens, Tokens], KeptScalar.Of(double.NegativeInfinity), type, device).triu_(1) : Mask;

    /// <summary>Writes the mask to a room of its shape.</summary>
    internal void WriteMask(Tensor room)
    {
        if (Masked(room.dtype, room.device) is { } mask) room.copy_(mask);
        else room.zero_();
    }

    internal void Check()
    {
        if (Cache.Rows != 1) throw new ModelException($"A stretch continues one sequence, but its cache holds {Cache.Rows}. Use one cache a sequence.");
        if (At + Tokens > Cache.Capacity) throw new ModelException($"A key/value cache of {Cache.Capacity} tokens cannot take {Tokens} at {At}. Make it larger.");
        if (Mask is { } mask && (mask.shape[^2] != Tokens || mask.shape[^1] != At + Tokens - Cache.Length))
            throw new ModelException($"The mask of a stretch is [{string.Join(", ", mask.shape)}], wanted [{Tokens}, {At + Tokens - Cache.Length}].");
    }
}
