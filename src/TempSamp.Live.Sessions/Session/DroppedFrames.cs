using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>Counts frames that a full queue drops, and says so in one line a period instead of one a frame.</summary>
internal sealed partial class DroppedFrames(string streamId, SessionMeter meter, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _saidAt;
    private int _unsaid;

    public void Add(SampledFrame frame)
    {
        frame.Dispose();
        meter.Dropped();
        int count;
        lock (_gate)
        {
            _unsaid++;
            if (_saidAt is { } said && time.GetElapsedTime(said) < _period) return;
            (count, _unsaid, _saidAt) = (_unsaid, 0, time.GetTimestamp());
        }
        LogDropped(streamId, count);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stream {Stream}: the model is slower than the stream, {Count} more frames dropped; watch fewer streams or queries, or use a longer hop")]
    private partial void LogDropped(string stream, int count);
}
