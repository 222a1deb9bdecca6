namespace TempSamp.Live.Delivery;

/// <summary>The files of a stored clip.</summary>
internal sealed record ClipPaths(string Folder, string Video, string Poster, string Sidecar)
{
    /// <summary>Where a clip is stored below the delivery folder.</summary>
    public static ClipPaths In(string root, string streamId, string clipId) => Of(Path.Combine(root, "clips", streamId), clipId);

    /// <summary>Where a clip is made: on the same volume, so that storing it is a rename.</summary>
    public static ClipPaths InSpool(string root, string streamId, string clipId) => Of(Path.Combine(root, "spool", streamId), clipId);

    /// <summary>Removes what is there of a clip that has no sidecar, and so never was stored.</summary>
    public void DeleteUnfinished()
    {
        if (!Directory.Exists(Folder) || File.Exists(Sidecar)) return;
        File.Delete(Video);
        File.Delete(Poster);
    }

    private static ClipPaths Of(string folder, string clipId) =>
        new(folder, Path.Combine(folder, clipId + ".mp4"), Path.Combine(folder, clipId + ".jpg"), Path.Combine(folder, clipId + ".json"));
}
