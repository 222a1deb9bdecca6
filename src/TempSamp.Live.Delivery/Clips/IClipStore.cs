using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Keeps files of clips under names that plan and file decide, so that putting a file again replaces it. Knows nothing of units.</summary>
public interface IClipStore
{
    /// <summary>For people and logs: what it is and where.</summary>
    string Name { get; }

    /// <summary>Where a file of a clip is or will be.</summary>
    string UriOf(ClipPlan plan, string name);

    /// <summary>Looks whether the store would take a clip, without leaving anything there.</summary>
    /// <exception cref="StoreException">It would not.</exception>
    Task ProbeAsync(CancellationToken cancel);

    /// <summary>Takes one file.</summary>
    /// <param name="plan">The clip it belongs to.</param>
    /// <param name="file">What it is.</param>
    /// <param name="path">Where it lies; a store on the same disk may move it away.</param>
    /// <param name="cancel">Gives up; what was sent may stay.</param>
    /// <exception cref="StoreException">The store does not take it now.</exception>
    Task PutAsync(ClipPlan plan, UnitFile file, string path, CancellationToken cancel);

    /// <summary>Looks whether the store holds exactly a file: its size and its content.</summary>
    /// <returns>What is wrong; null when it holds it.</returns>
    /// <exception cref="StoreException">The store does not answer.</exception>
    Task<string?> CheckAsync(StoredFile file, CancellationToken cancel);

    /// <summary>An address from which anybody may fetch a file for a while; null where the store has none.</summary>
    Task<Uri?> LinkAsync(string uri, TimeSpan lifetime);

    /// <summary>Every file that lies where clips are kept.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    IAsyncEnumerable<HeldFile> ListAsync(CancellationToken cancel);

    /// <summary>Removes a file; one that is gone already is no fault.</summary>
    /// <exception cref="StoreException">The store refuses.</exception>
    Task RemoveAsync(string uri, CancellationToken cancel);
}

/// <summary>A file that a store holds.</summary>
public sealed record HeldFile(string Uri, long Bytes, DateTimeOffset ChangedAt);

/// <summary>The store does not take, hold or give what it should. The message names the store, the reason and the fix. It is tried again: clips wait in the spool.</summary>
/// <param name="message">For people.</param>
/// <param name="reason">Short machine name: <c>unreachable</c>, <c>certificate</c>, <c>forbidden</c>, <c>not-yours</c>, <c>no-bucket</c>, <c>region</c>, <c>clock</c>, <c>store-full</c>, <c>disk-full</c>, <c>refused</c>.</param>
/// <param name="inner">The cause.</param>
public sealed class StoreException(string message, string reason, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Short machine name.</summary>
    public string Reason { get; } = reason;
}
