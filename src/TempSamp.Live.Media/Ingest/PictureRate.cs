using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Counts the pictures in each second of media time, so that a small stream cannot cost more decoding than a broadcast does.</summary>
/// <param name="most">Pictures that a second may have.</param>
internal sealed class PictureRate(int most)
{
    private long _second = long.MinValue;
    private int _count;

    /// <summary>Counts a packet of the video track.</summary>
    /// <exception cref="StreamException">Its second has more than the most.</exception>
    public void Count(MediaTime dts)
    {
        var second = dts.Ticks / MediaTime.TicksPerSecond;
        (_second, _count) = (second, second == _second ? _count + 1 : 1);
        if (_count > most)
            throw new StreamException($"The stream has more than {most} pictures in second {second}. Lower its frame rate or raise {IngestOptions.Section}:MaxFrameRate.", "damaged");
    }
}
