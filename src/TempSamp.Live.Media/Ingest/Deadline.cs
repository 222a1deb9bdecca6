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

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>The caller's wish to stop.</summary>
    public CancellationToken Cancel { get; set; } = cancel;

    /// <summary>Whether the other side has answered: silence from here on is silence, not absence.</summary>
    public bool IsConnected { get; set; }

    /// <summary>Whether native work was interrupted because the limit had passed: its input is over, although it may still hand out what it had.</summary>
    public bool HasInterrupted { get; private set; }

    /// <summary>The limit last set.</summary>
    public TimeSpan Limit => _limit;

    /// <summary>Whether the limit has passed.</summary>
    public bool HasPassed => _ranOut || _limit != Timeout.InfiniteTimeSpan && time.GetElapsedTime(_start) >= _limit;

    /// <summary>Whether the call in progress must end, for either reason.</summary>
    public bool IsOver => Cancel.IsCancellationRequested || HasPassed;

    /// <summary>Asks on behalf of native work, which ends when the answer is yes.</summary>
    public bool Interrupts()
    {
        HasInterrupted |= HasPassed;
        return IsOver;
    }

    /// <summary>Starts a new limit now.</summary>
    public void Set(TimeSpan limit) => (_start, _limit, _ranOut) = (time.GetTimestamp(), limit, false);

    /// <summary>Runs asynchronous work to its end on this thread, which may block, within what is left of the limit.</summary>
    /// <param name="work">The work.</param>
    /// <param name="atMost">A limit of its own, which is no end for the input; null for none.</param>
    /// <exception cref="TimeoutException">The work's own limit passed.</exception>
    /// <exception cref="OperationCanceledException">The limit passed, or the caller wishes to stop.</exception>
    public T Wait<T>(Func<CancellationToken, Task<T>> work, TimeSpan? atMost = null)
    {
        var left = _limit == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : _limit - time.GetElapsedTime(_start);
        var isOwn = atMost is { } own && own < left;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        if (isOwn) left = atMost!.Value;
        if (left <= TimeSpan.Zero) late.Cancel();
        else if (left != TimeSpan.MaxValue) late.CancelAfter(left);

        try
        {
            return work(late.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested && !Cancel.IsCancellationRequested)
        {
            if (isOwn) throw new TimeoutException($"it took longer than {left.TotalSeconds:0.#} s", e);
            _ranOut = true; // the timer may fire a tick before the clock says so
            throw;
        }
    }

    /// <summary>Lets time pass.</summary>
    public void Pause(TimeSpan pause) => Wait(async stop =>
    {
        await Task.Delay(pause, time, stop).ConfigureAwait(false);
        return true;
    });
}
