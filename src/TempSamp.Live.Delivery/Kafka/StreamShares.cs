using System.Text;

namespace TempSamp.Live.Delivery;

/// <summary>Which share of the streams a stream is in: the partition that Kafka's Java clients, too, put its id in.</summary>
internal static class StreamShares
{
    private const uint Seed = 0x9747b28c, Multiplier = 0x5bd1e995;
    private const int Shift = 24;

    /// <summary>The share of a stream among so many.</summary>
    public static int Of(string streamId, int shares) => (int)((Murmur2(Encoding.UTF8.GetBytes(streamId)) & 0x7fffffff) % (uint)shares);

    /// <summary>MurmurHash2 by Austin Appleby (public domain), 32 bits, with the seed that Kafka has chosen.</summary>
    private static uint Murmur2(ReadOnlySpan<byte> key)
    {
        var hash = Seed ^ (uint)key.Length;
        for (; key.Length >= sizeof(uint); key = key[sizeof(uint)..])
        {
            var word = BitConverter.ToUInt32(key) * Multiplier;
            hash = (hash * Multiplier) ^ ((word ^ (word >> Shift)) * Multiplier);
        }
        for (var rest = key.Length - 1; rest >= 0; rest--) hash ^= (uint)key[rest] << (8 * rest);
        if (key.Length > 0) hash *= Multiplier;
        hash = (hash ^ (hash >> 13)) * Multiplier;
        return hash ^ (hash >> 15);
    }
}
