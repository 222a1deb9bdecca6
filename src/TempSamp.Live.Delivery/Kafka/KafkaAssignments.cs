using System.Runtime.CompilerServices;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Of the wanted streams, those in the shares that this worker holds in its shares.</summary>
internal sealed class KafkaAssignments(IWantedStreams wanted, HeldShares shares) : IStreamAssignments
{
    /// <inheritdoc/>
    public bool MayGrow => true;

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyList<StreamSpec>> WatchAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var sets = wanted.WatchAsync(watching.Token).GetAsyncEnumerator(watching.Token);
        var (more, all, told) = (sets.MoveNextAsync().AsTask(), (IReadOnlyList<StreamSpec>)[], (IReadOnlyList<StreamSpec>?)null);
        try
        {
            while (true)
            {
                var moved = shares.Next;
                var (mine, version) = shares.Choose(all, spec => spec.Id);
                if (told is null || !told.SequenceEqual(mine)) yield return told = mine;
                shares.CarriedOut(version);
                if (await Task.WhenAny(more, moved).WaitAsync(cancel) != more) continue;
                if (!await more) yield break;
                (all, more) = (sets.Current, sets.MoveNextAsync().AsTask());
            }
        }
        finally
        {
            await watching.CancelAsync();
            await ((Task)more).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);   // the watch is at rest before it is disposed
        }
    }
}
