namespace TempSamp.Live.Delivery;

/// <summary>Wakes whoever waits for events.</summary>
public sealed class EventSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A stream has a new event. Called with its id after the commit.</summary>
    internal event Action<string>? Streams;

    /// <summary>Ends when the next event is told. Ask for it before reading what there is, so that none is missed in between.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    internal void Told(string streamId)
    {
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        Streams?.Invoke(streamId);
    }
}
