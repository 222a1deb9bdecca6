using System.Collections.Concurrent;

namespace TempSamp.Live.Media;

/// <summary>Pixel arrays of one size that frames give back when they are disposed.</summary>
internal sealed class FramePool(int bytes)
{
    private const int MostSpare = 8; // frames between the sampler and the model when the model keeps up

    private readonly ConcurrentQueue<byte[]> _spare = new();

    /// <summary>Length of each array.</summary>
    public int Bytes => bytes;

    /// <summary>An array of the pool's size; its content is left from before.</summary>
    public byte[] Rent() => _spare.TryDequeue(out var array) ? array : new byte[bytes];

    /// <summary>Takes an array back; more than a few spare ones are left to the collector.</summary>
    public void Return(byte[] array)
    {
        if (_spare.Count < MostSpare) _spare.Enqueue(array);
    }
}
