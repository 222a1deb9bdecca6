using Microsoft.Data.Sqlite;

namespace TempSamp.Live.Delivery;

/// <summary>A change of the state that somebody waits for.</summary>
internal abstract class StateStep(bool isWorthReserve)
{
    /// <summary>Whether room that was kept back for a full disk is given up for it.</summary>
    public bool IsWorthReserve => isWorthReserve;

    /// <summary>Runs it; false when it threw and must be undone.</summary>
    public abstract bool Run(StateConnection state);

    public abstract void Complete();

    public abstract void Fail(Exception error);
}

/// <summary>One with a result.</summary>
internal sealed class StateStep<T>(Func<StateConnection, T> step, bool isWorthReserve) : StateStep(isWorthReserve)
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;
    private Exception? _error;

    public Task<T> Task => _done.Task;

    public override bool Run(StateConnection state)
    {
        try
        {
            _result = step(state);
            return true;
        }
        catch (Exception error) when (error is not SqliteException fault || !StateFile.IsOfTheFile(fault))   // the caller's own fault comes back to the caller alone
        {
            _error = error;
            return false;
        }
    }

    public override void Complete()
    {
        if (_error is null) _done.SetResult(_result);
        else _done.SetException(_error);
    }

    public override void Fail(Exception error) => _done.SetException(error);
}
