namespace TempSamp.Live.Media;

/// <summary>
/// How long the native call in progress may still take. Blocking calls cannot be cancelled from outside: libav asks this in its interrupt
/// callback, managed reads wait under it. Why a call ended is read here, never from libav's error code.
/// </summary>
internal sealed class Deadline(TimeProvider time, CancellationToken cancel)
{
    private long _start = time.GetTimestamp();
    private TimeSpan _limit = Timeout.InfiniteTimeSpan;
    private bool _ranOut;

    /// <summary>The caller's wish to stop.</summary>
    public CancellationToken Cancel { get; set; } = cancel;

    /// <summary>The limit last set.</summary>
    public TimeSpan Limit => _limit;

    /// <summary>Whether the limit has passed.</summary>
    public bool HasPassed => _ranOut || _limit != Timeout.InfiniteTimeSpan && time.GetElapsedTime(_start) >= _limit;

    /// <summary>Whether the call in progress must end, for either reason.</summary>
    public bool IsOver => Cancel.IsCancellationRequested || HasPassed;

    /// <summary>Starts a new limit now.</summary>
    public void Set(TimeSpan limit) => (_start, _limit, _ranOut) = (time.GetTimestamp(), limit, false);

    /// <summary>Runs asynchronous work to its end on this thread, which may block, within what is left of the limit.</summary>
    public T Wait<T>(Func<CancellationToken, Task<T>> work)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        if (_limit != Timeout.InfiniteTimeSpan)
        {
            var left = _limit - time.GetElapsedTime(_start);
            if (left <= TimeSpan.Zero) late.Cancel();
            else late.CancelAfter(left);
        }

        try
        {
            return work(late.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !Cancel.IsCancellationRequested)
        {
            _ranOut = true; // the timer may fire a tick before the clock says so
            throw;
        }
    }
}
