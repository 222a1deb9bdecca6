using System.Runtime.CompilerServices;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>The streams that configuration names: one set, said once, never changed.</summary>
public sealed class StaticAssignments(IReadOnlyList<StreamSpec> streams) : IStreamAssignments
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyList<StreamSpec>> WatchAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await Task.CompletedTask;
        yield return streams;
    }
}
