namespace TempSamp.Live.Trainer;

/// <summary>A small seeded random stream (SplitMix64, Steele et al. 2014): the same numbers on every machine and runtime.</summary>
public struct Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>Uniform in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [from, to).</summary>
    public double Range(double from, double to) => from + ((to - from) * Unit());

    /// <summary>Uniform whole number in [0, count).</summary>
    public int Below(int count) => (int)(Unit() * count);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Unit() < probability;

    /// <summary>Exponential with mean 1.</summary>
    public double Exponential() => -Math.Log(1 - Unit());

    /// <summary>One of the items.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>64 bits that depend on both numbers: a stream's name for something inside it.</summary>
    public static ulong Hash(ulong a, ulong b) => Mix(Mix(a + 0x9E3779B97F4A7C15) ^ (b * 0xD1B54A32D192ED03));

    /// <summary>Uniform in [0, 1), a function of both numbers.</summary>
    public static float Unit(ulong a, ulong b) => (Hash(a, b) >> 40) * (1f / (1 << 24));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
