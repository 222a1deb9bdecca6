using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>The plan of a stream that runs. Its queries may be replaced while it runs; a session takes them over at a window's boundary. Thread-safe.</summary>
public sealed class LivePlan(StreamPlan plan)
{
    private volatile StreamPlan _current = plan;

    /// <summary>The plan that is wanted now. Id, address and tape stay the same.</summary>
    public StreamPlan Current
    {
        get => _current;
        set => _current = value;
    }
}
