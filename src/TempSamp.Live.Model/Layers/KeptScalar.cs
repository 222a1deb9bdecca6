using System.Collections.Concurrent;
using TorchSharp;

namespace TempSamp.Live.Model;

/// <summary>Numbers handed to libtorch, kept for the life of the process.</summary>
/// <remarks>
/// TorchSharp 0.107 passes the bare address of a <see cref="Scalar"/> to native code and lets go of the object: a garbage collection during
/// the call frees the number while libtorch reads it. A plain <c>x * 0.5</c>, <c>x.square()</c> or <c>x.add_(y)</c>, which adds one times y, therefore fails once in a million calls ("Scalar.h INTERNAL ASSERT") or,
/// worse, computes with another number. Whatever runs often takes its numbers from here.
/// </remarks>
public static class KeptScalar
{
    private static readonly ConcurrentDictionary<double, Scalar> Fractions = new();
    private static readonly ConcurrentDictionary<long, Scalar> Integers = new();

    /// <summary>A floating-point number. Meant for the few constants of a model, not for ever new values.</summary>
    public static Scalar Of(double value) => Fractions.GetOrAdd(value, v => v);

    /// <summary>A whole number.</summary>
    public static Scalar Of(long value) => Integers.GetOrAdd(value, v => v);
}
