using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Tokens that one sequence is continued by in a pass of <see cref="LanguageModel.Read"/>.</summary>
/// <param name="Cache">What the sequence holds already; one row.</param>
/// <param name="At">Place of the first new token in the cache.</param>
/// <param name="Tokens">n, how many.</param>
/// <param name="Mask">[n, At + n] in the type that is computed in, added to the scores; null where every token sees the whole cache.</param>
public readonly record struct Stretch(KeyValueCache Cache, int At, int Tokens, Tensor? Mask)
{
    /// <summary>Tokens that follow what the cache holds and see it and each other in order.</summary>
    /// <param name="cache">The sequence.</param>
    /// <param name="tokens">How many follow.</param>
    /// <param name="type">Type that is computed in.</param>
    /// <param name="device">Device of the cache.</param>
    public static Stretch Causal(KeyValueCache cache, int tokens, ScalarType type, Device device)
    {
        if (tokens == 1) return new(cache, cache.Length, 1, null);
        using var scope = NewDisposeScope();
        var hidden = zeros([tokens, cache.Length + tokens], type, device);
        hidden.narrow(1, cache.Length, tokens).fill_(KeptScalar.Of(double.NegativeInfinity)).triu_(1);
        return new(cache, cache.Length, tokens, hidden.MoveToOuterDisposeScope());
    }

    internal void Check()
    {
        if (Cache.Rows != 1) throw new ModelException($"A stretch continues one sequence, but its cache holds {Cache.Rows}. Use one cache a sequence.");
        if (At + Tokens > Cache.Capacity) throw new ModelException($"A key/value cache of {Cache.Capacity} tokens cannot take {Tokens} at {At}. Make it larger.");
        if (Mask is { } mask && (mask.shape[^2] != Tokens || mask.shape[^1] != At + Tokens))
            throw new ModelException($"The mask of a stretch is [{string.Join(", ", mask.shape)}], wanted [{Tokens}, {At + Tokens}].");
    }
}
