using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Keeps clips in a folder: <c>clips/STREAM/CLIP.mp4</c> with its poster <c>.jpg</c>, its sidecar <c>.json</c> and extra files beside it.</summary>
/// <remarks>The spool lies on the same disk, so taking a file is a rename: it appears whole or not at all.</remarks>
public sealed class FolderClipStore(IOptions<DeliveryOptions> options) : IClipStore
{
    private readonly string _root = Path.Combine(Path.GetFullPath(options.Value.Directory), "clips");

    /// <inheritdoc/>
    public string Name => $"folder '{_root}'";

    /// <inheritdoc/>
    public string UriOf(ClipPlan plan, string name) => new Uri(PathOf(plan, name)).AbsoluteUri;

    /// <inheritdoc/>
    public Task ProbeAsync(CancellationToken cancel)
    {
        var probe = Path.Combine(_root, ".probe");
        try
        {
            Directory.CreateDirectory(_root);
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return Task.CompletedTask;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refused("it cannot be written", error);
        }
    }

    /// <inheritdoc/>
    public Task PutAsync(ClipPlan plan, UnitFile file, string path, CancellationToken cancel)
    {
        var stored = PathOf(plan, file.Name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(stored)!);
            if (File.Exists(path) || !File.Exists(stored)) File.Move(path, stored, overwrite: true);   // moved already: a crash came before it was written down
            DurableFile.SyncFolder(Path.GetDirectoryName(stored)!);
            return Task.CompletedTask;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refused($"'{stored}' cannot be written", error);
        }
    }

    /// <inheritdoc/>
    public async Task<string?> CheckAsync(StoredFile file, CancellationToken cancel)
    {
        var path = new Uri(file.Uri).LocalPath;
        if (!File.Exists(path)) return $"'{path}' is missing";
        try
        {
            var held = await FileDigest.OfAsync(path, cancel);
            return (held.Bytes, held.Sha256) == (file.Bytes, file.Sha256) ? null : $"'{path}' reads back different from what was written; check the disk";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refused($"'{path}' cannot be read", error);
        }
    }

    /// <inheritdoc/>
    public Task RemoveAsync(string uri, CancellationToken cancel)
    {
        var path = new Uri(uri).LocalPath;
        try
        {
            if (File.Exists(path)) File.Delete(path);
            return Task.CompletedTask;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refused($"'{path}' cannot be removed", error);
        }
    }

    /// <inheritdoc/>
    public Task<Uri?> LinkAsync(string uri, TimeSpan lifetime) => Task.FromResult<Uri?>(null);

    /// <inheritdoc/>
    public async IAsyncEnumerable<HeldFile> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        if (!Directory.Exists(_root)) yield break;
        foreach (var file in new DirectoryInfo(_root).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancel.ThrowIfCancellationRequested();
            yield return new(new Uri(file.FullName).AbsoluteUri, file.Length, file.LastWriteTimeUtc);
        }
    }

    private string PathOf(ClipPlan plan, string name) => Path.Combine(_root, plan.StreamId, name);

    private StoreException Refused(string what, Exception error) => error is IOException full && DurableFile.IsDiskFull(full)
        ? new($"{Name}: {what}: the disk is full; free some space or set Delivery:Directory to a larger disk", "disk-full", error)
        : new($"{Name}: {what}: {error.Message} Make the folder writable or set Delivery:Directory to another.", "refused", error);
}
