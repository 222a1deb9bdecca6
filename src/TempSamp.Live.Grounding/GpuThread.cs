using System.Collections.Concurrent;
using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>The one thread that touches the model. Work is handed to it and runs in the order it came, each piece in a dispose scope of its own.</summary>
/// <remarks>
/// Dispose scopes belong to a thread, so a piece of work is one synchronous function. The queue needs no bound: whoever hands in work waits for
/// its result before handing in more, so it holds at most one piece for each stream.
/// </remarks>
public sealed class GpuThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <summary>Starts the thread.</summary>
    /// <param name="threads">CPU threads that libtorch may use; 0 is one per core.</param>
    public GpuThread(int threads = 0)
    {
        TorchRuntime.Ensure();
        _thread = new Thread(() => Run(threads)) { Name = "model", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs a function on the thread, without gradients. Tensors that it returns it must have detached from its dispose scope.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the work began; work that has begun ends.</exception>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancel)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() => Complete(done, work, cancel), cancel);
        return done.Task;
    }

    private static void Complete<T>(TaskCompletionSource<T> done, Func<T> work, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            done.SetCanceled(cancel);
            return;
        }
        try
        {
            done.SetResult(InScope(work));
        }
        catch (Exception e)                                            // whoever waits for the work gets its fault
        {
            done.SetException(e);
        }
    }

    // whoever waits goes on at once, so the tensors have to be gone before the result is set
    private static T InScope<T>(Func<T> work)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return work();
    }

    private void Run(int threads)
    {
        set_num_threads(threads > 0 ? threads : Environment.ProcessorCount);
        foreach (var work in _work.GetConsumingEnumerable()) work();
    }

    /// <summary>Finishes what was handed in and ends the thread.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }
}
