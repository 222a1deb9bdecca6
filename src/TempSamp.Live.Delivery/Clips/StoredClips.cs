using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>From what the state keeps of a stored clip to what the events tell of it.</summary>
internal static class StoredClips
{
    /// <summary>The clip; the files need not hold the sidecar yet.</summary>
    public static StoredClip Of(ClipPlan plan, CutUnit unit, StoredUnit stored)
    {
        var main = stored.Main;
        return new(plan, unit.File, main.Uri, main.Bytes, main.Sha256, stored.Files.FirstOrDefault(file => file.Role == "poster")?.Uri)
        {
            ETag = main.ETag,
            Extras = [.. stored.Files.Zip(unit.Files).Where(pair => pair.Second.Role is not ("main" or "poster"))
                .Select(pair => new StoredExtra(pair.Second.Role, pair.First.Uri, pair.Second.ContentType, pair.First.Bytes, pair.First.Sha256))],
        };
    }
}
