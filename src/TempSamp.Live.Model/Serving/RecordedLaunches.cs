using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model;

/// <summary>Work on tensors that are filled in place: launched anew each time, or recorded once and replayed.</summary>
internal sealed class RecordedLaunches(Func<Tensor> work) : IDisposable
{
    private CudaGraph? _graph;
    private Tensor? _outcome;

    /// <summary>Runs it.</summary>
    /// <param name="record">Whether it is recorded from now on.</param>
    /// <returns>The outcome, which the next run overwrites where it is recorded.</returns>
    public Tensor Run(bool record)
    {
        if (_graph is null && !record) return work();
        _graph ??= CudaGraph.Record(() =>
        {
            _outcome?.Dispose();
            _outcome = work().DetachFromDisposeScope();
        });
        _graph.Replay();
        return _outcome!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _graph?.Dispose();
        _outcome?.Dispose();
    }
}
