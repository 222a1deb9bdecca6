namespace TempSamp.Live.Testing;

/// <summary>Waits for something that another process does, and says what did not happen.</summary>
public static class Until
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <param name="what">What is waited for: the message of the failure.</param>
    /// <param name="limit">How long.</param>
    /// <param name="holds">The question.</param>
    /// <param name="detail">Added to the message, such as a log.</param>
    /// <exception cref="TimeoutException">It did not happen in time.</exception>
    public static async Task TrueAsync(string what, TimeSpan limit, Func<Task<bool>> holds, Func<string>? detail = null)
    {
        ArgumentNullException.ThrowIfNull(holds);
        var start = TimeProvider.System.GetTimestamp();
        while (!await holds().ConfigureAwait(false))
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit) throw new TimeoutException($"Waited {limit.TotalSeconds:0} s in vain: {what}. {detail?.Invoke()}");
            await Task.Delay(s_pause, TimeProvider.System).ConfigureAwait(false);
        }
    }
}
