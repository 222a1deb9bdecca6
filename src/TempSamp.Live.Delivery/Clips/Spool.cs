using System.Text.Json;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>What lies in the folder of a whole clip in the spool, so that the clip could be delivered without the state.</summary>
/// <param name="Plan">What it is of.</param>
/// <param name="Unit">Its files.</param>
internal sealed record SpoolManifest(ClipPlan Plan, CutUnit Unit);

/// <summary>Where clips lie between cutter and store: <c>spool/STREAM/CLIP.cutting</c> while it is cut, <c>spool/STREAM/CLIP</c> once it is whole.</summary>
/// <remarks>The folder is the unit. Its one rename, after everything in it was flushed, is what makes the clip whole.</remarks>
internal sealed class Spool(IOptions<DeliveryOptions> options)
{
    private const string Cutting = ".cutting", Manifest = "manifest.json";

    private readonly string _root = Path.Combine(Path.GetFullPath(options.Value.Directory), "spool");

    /// <summary>Where a clip is to be written. Whatever an earlier attempt left there is gone.</summary>
    public string CutPath(ClipPlan plan)
    {
        Discard(plan);
        var folder = Directory.CreateDirectory(FolderOf(plan) + Cutting).FullName;
        return Path.Combine(folder, plan.Id + ".mp4");
    }

    /// <summary>Makes a cut clip whole: hashes and flushes each file, writes the manifest, renames the folder.</summary>
    /// <exception cref="ClipException">The disk does not take it; nothing is left.</exception>
    public async Task<CutUnit> TakeAsync(ClipPlan plan, ClipFile file, CancellationToken cancel)
    {
        var (cutting, whole) = (FolderOf(plan) + Cutting, FolderOf(plan));
        try
        {
            var unit = new CutUnit(file, await FilesAsync(file, cancel));
            DurableFile.Write(Path.Combine(cutting, Manifest), JsonSerializer.SerializeToUtf8Bytes(new(plan, unit), StateJson.Default.SpoolManifest));
            DurableFile.SyncFolder(cutting);
            if (Directory.Exists(whole)) Directory.Delete(whole, recursive: true);
            Directory.Move(cutting, whole);
            DurableFile.SyncFolder(Path.GetDirectoryName(whole)!);
            return unit;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Discard(plan);
            throw error is IOException full && DurableFile.IsDiskFull(full)
                ? new ClipException($"clip {plan.Id}: the disk of '{_root}' is full; free some space or set Delivery:Directory to a larger disk", "disk-full", error)
                : new ClipException($"clip {plan.Id}: it cannot be kept in '{_root}': {error.Message} Make the folder writable or set Delivery:Directory to another.", "store-failed", error);
        }
    }

    /// <summary>Where a file of a whole clip lies.</summary>
    public string PathOf(ClipPlan plan, string name) => Path.Combine(FolderOf(plan), name);

    /// <summary>Adds a file to a whole clip, flushed.</summary>
    public async Task<UnitFile> AddAsync(ClipPlan plan, string role, string name, string contentType, byte[] content, CancellationToken cancel)
    {
        DurableFile.Write(PathOf(plan, name), content);
        return await FileAsync(role, PathOf(plan, name), contentType, cancel);
    }

    /// <summary>Whether the spool still holds a file as it was cut: null when it is gone.</summary>
    public async Task<bool?> HoldsAsync(ClipPlan plan, UnitFile file, CancellationToken cancel)
    {
        var path = PathOf(plan, file.Name);
        return File.Exists(path) ? (await FileDigest.OfAsync(path, cancel)).Sha256 == file.Sha256 : null;
    }

    /// <summary>Removes what a cutter wrote of a clip that is not wanted.</summary>
    public void Discard(ClipPlan plan) => Delete(FolderOf(plan) + Cutting);

    /// <summary>Removes a whole clip.</summary>
    public void Remove(ClipPlan plan) => Delete(FolderOf(plan));

    /// <summary>What is whole in the spool; whatever was never finished is removed.</summary>
    public IReadOnlyList<SpoolManifest> Recover()
    {
        if (!Directory.Exists(_root)) return [];
        var whole = new List<SpoolManifest>();
        foreach (var folder in Directory.EnumerateDirectories(_root).SelectMany(Directory.EnumerateDirectories).ToList())
        {
            if (folder.EndsWith(Cutting, StringComparison.Ordinal) || Read(folder) is not { } manifest) Delete(folder);
            else whole.Add(manifest);
        }
        return whole;
    }

    private static SpoolManifest? Read(string folder)
    {
        var path = Path.Combine(folder, Manifest);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.SpoolManifest) : null;
        }
        catch (JsonException)
        {
            return null;   // never renamed in this form: a file of a stranger
        }
    }

    private static async Task<IReadOnlyList<UnitFile>> FilesAsync(ClipFile file, CancellationToken cancel)
    {
        var files = new List<UnitFile> { await FileAsync("main", file.Path, "video/mp4", cancel) };
        if (file.PosterPath is not null) files.Add(await FileAsync("poster", file.PosterPath, "image/jpeg", cancel));
        foreach (var extra in file.Extras)
        {
            var (role, contentType) = KindOf(extra);
            files.Add(await FileAsync(role, extra, contentType, cancel));
        }
        return files;
    }

    private static (string Role, string ContentType) KindOf(string path) => Path.GetExtension(path) switch
    {
        ".m3u8" => ("playlist", "application/vnd.apple.mpegurl"),
        ".m4s" => ("segment", "video/iso.segment"),
        ".mp4" => ("segment", "video/mp4"),
        ".jpg" => ("sprite", "image/jpeg"),
        ".vtt" => ("sprite-track", "text/vtt"),
        _ => ("extra", "application/octet-stream"),
    };

    private static async Task<UnitFile> FileAsync(string role, string path, string contentType, CancellationToken cancel)
    {
        var digest = await FileDigest.OfAsync(path, cancel);
        DurableFile.Sync(path);
        return new(role, Path.GetFileName(path), contentType, digest.Bytes, digest.Sha256, digest.ETag) { Md5 = digest.Md5 };
    }

    private string FolderOf(ClipPlan plan) => Path.Combine(_root, plan.StreamId, plan.Id);

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
