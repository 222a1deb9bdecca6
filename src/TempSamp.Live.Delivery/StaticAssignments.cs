using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>One worker alone: every wanted stream is its own.</summary>
internal sealed class StaticAssignments(IWantedStreams wanted) : IStreamAssignments
{
    /// <inheritdoc/>
    public bool MayGrow => false;

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<StreamSpec>> WatchAsync(CancellationToken cancel) => wanted.WatchAsync(cancel);
}
