using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>Remembers when recent frames arrived, so that latency counts from the moment's last frame and not from a clock of the source.</summary>
internal sealed class FrameArrivals(TimeProvider time)
{
    private const int Kept = 1024;   // 8.5 minutes at 2 fps

    private readonly Queue<(MediaTime At, long DecodedAt)> _frames = [];

    public void Add(SampledFrame frame)
    {
        _frames.Enqueue((frame.At, frame.DecodedAt));
        if (_frames.Count > Kept) _frames.Dequeue();
    }

    /// <summary>Time since the first frame at or after an instant arrived; since the newest frame where the stream ended before; zero without frames.</summary>
    public TimeSpan Since(MediaTime outPoint)
    {
        if (_frames.Count == 0) return TimeSpan.Zero;
        var last = _frames.Last();
        var (_, decodedAt) = _frames.FirstOrDefault(frame => frame.At >= outPoint, last);
        return time.GetElapsedTime(decodedAt);
    }
}
