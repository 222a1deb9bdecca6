namespace TempSamp.Live.Media;

/// <summary>Runs blocking work on a thread of its own: a native read may block for seconds and must not hold a pool thread.</summary>
internal static class NamedThread
{
    /// <summary>Runs the work; the task ends as it does.</summary>
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException e)
            {
                done.SetCanceled(e.CancellationToken.IsCancellationRequested ? e.CancellationToken : new CancellationToken(canceled: true));
            }
            catch (Exception e) // the awaiter gets it
            {
                done.SetException(e);
            }
        }) { Name = name, IsBackground = true }.Start();
        return done.Task;
    }
}
