namespace TempSamp.Live.Delivery;

/// <summary>The clips that this worker knows of, and links to their files.</summary>
public interface IClipLibrary
{
    /// <summary>One clip; null when it is not known, or was forgotten.</summary>
    ClipRow? Find(string id);

    /// <summary>An address from which anybody may fetch a file of the store for a while, signed for <see cref="StoreOptions.PublicEndpoint"/>; null where the store has none.</summary>
    Task<Uri?> LinkAsync(StoredFile file, TimeSpan lifetime);
}

/// <summary>Reads the state and asks the store.</summary>
internal sealed class ClipLibrary(StateDatabase state, IClipStore store) : IClipLibrary
{
    /// <inheritdoc/>
    public ClipRow? Find(string id) => state.Read(db => ClipTable.Find(db, id));

    /// <inheritdoc/>
    public Task<Uri?> LinkAsync(StoredFile file, TimeSpan lifetime) => store.LinkAsync(file.Uri, lifetime);
}
