namespace TempSamp.Live.Sessions;

/// <summary>Tells the finding loop that the source has been away so long that nothing goes on where it stopped.</summary>
internal sealed class Outage
{
    private volatile TaskCompletionSource _begun = New();

    /// <summary>Completes when the source is away.</summary>
    public Task Begun => _begun.Task;

    public void Begin() => _begun.TrySetResult();

    public void End()
    {
        if (_begun.Task.IsCompleted) _begun = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
