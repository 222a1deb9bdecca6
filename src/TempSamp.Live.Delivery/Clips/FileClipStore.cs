using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Keeps clips in a folder: <c>clips/STREAM/CLIP.mp4</c>, its poster <c>.jpg</c>, and last its sidecar <c>.json</c>.</summary>
/// <remarks>
/// <code>
///   spool file ── hash ── flush to disk ── rename ── read back, same size and hash? ── sidecar: write, flush, rename ── stored
/// </code>
/// Each file appears whole or not at all. A clip without a sidecar is not stored yet.
/// </remarks>
public sealed partial class FileClipStore : IClipStore, IDisposable
{
    private readonly string _root;
    private readonly ILogger _logger;
    private readonly FileStream _lock;

    /// <summary>A store below <see cref="DeliveryOptions.Directory"/>; clears the spool of what an earlier run left.</summary>
    /// <exception cref="IOException">The folder cannot be used, or another process uses it.</exception>
    public FileClipStore(IOptions<DeliveryOptions> options, ILogger<FileClipStore> logger)
    {
        _root = Path.GetFullPath(options.Value.Directory);
        _logger = logger;
        var spool = Path.Combine(_root, "spool");
        try
        {
            Directory.CreateDirectory(_root);
            _lock = DurableFile.Claim(_root, "clips");
            if (Directory.Exists(spool)) Directory.Delete(spool, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _lock?.Dispose();
            throw new IOException($"clip store '{_root}' cannot be opened: {error.Message} Stop the other daemon that uses the folder, make it writable, or set Delivery:Directory to another.", error);
        }
    }

    /// <summary>Lets another process use the folder.</summary>
    public void Dispose() => _lock.Dispose();

    /// <inheritdoc/>
    public string SpoolPath(ClipPlan plan)
    {
        var paths = ClipPaths.InSpool(_root, plan.StreamId, plan.Id);
        Directory.CreateDirectory(paths.Folder);
        return paths.Video;
    }

    /// <inheritdoc/>
    public Task<StoredClip> StoreAsync(ClipPlan plan, ClipFile file, CancellationToken cancel) => Task.Run(() => Store(plan, file), cancel);

    private StoredClip Store(ClipPlan plan, ClipFile file)
    {
        var spool = ClipPaths.InSpool(_root, plan.StreamId, plan.Id);
        var stored = ClipPaths.In(_root, plan.StreamId, plan.Id);
        try
        {
            Directory.CreateDirectory(stored.Folder);
            var (bytes, sha256) = ClipSidecar.Digest(file.Path);
            File.Delete(stored.Sidecar);   // a clip that is stored again is not stored until it is whole again
            Move(file.Path, stored.Video);
            if (file.PosterPath is not null) Move(file.PosterPath, stored.Poster);
            DurableFile.SyncFolder(stored.Folder);
            if (ClipSidecar.Digest(stored.Video) != (bytes, sha256))
                throw new ClipException($"clip {plan.Id}: '{stored.Video}' reads back different from what was written; check the disk", "store-failed");

            var clip = new StoredClip(plan, file with { Path = stored.Video, PosterPath = file.PosterPath is null ? null : stored.Poster },
                UriOf(stored.Video), bytes!.Value, sha256!, file.PosterPath is null ? null : UriOf(stored.Poster));
            DurableFile.Write(spool.Sidecar, ClipSidecar.Write(EventPayloads.Of(clip, latency: null)));
            File.Move(spool.Sidecar, stored.Sidecar, overwrite: true);
            DurableFile.SyncFolder(stored.Folder);
            LogStored(plan.Id, stored.Video, clip.Bytes);
            return clip;
        }
        catch (Exception error)
        {
            Discard([file.Path, file.PosterPath, spool.Sidecar, stored.Video, stored.Poster]);
            throw error switch
            {
                IOException full when DurableFile.IsDiskFull(full) =>
                    new ClipException($"clip {plan.Id}: the disk of '{_root}' is full; free some space or set Delivery:Directory to a larger disk", "disk-full", error),
                IOException or UnauthorizedAccessException =>
                    new ClipException($"clip {plan.Id}: it cannot be stored in '{stored.Folder}': {error.Message} Make the folder writable or set Delivery:Directory to another.", "store-failed", error),
                _ => error,
            };
        }
    }

    private static void Move(string from, string to)
    {
        DurableFile.Sync(from);
        File.Move(from, to, overwrite: true);
    }

    private void Discard(string?[] paths)
    {
        foreach (var path in paths.OfType<string>())
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                LogLeft(error, path, error.Message);
            }
        }
    }

    private static string UriOf(string path) => new Uri(path).AbsoluteUri;

    [LoggerMessage(Level = LogLevel.Debug, Message = "Clip {Clip} is stored as {Path}, {Bytes} bytes")]
    private partial void LogStored(string clip, string path, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "'{Path}' of a refused clip could not be removed: {Reason}")]
    private partial void LogLeft(Exception error, string path, string reason);
}
