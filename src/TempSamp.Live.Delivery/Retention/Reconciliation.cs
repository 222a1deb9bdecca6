using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace TempSamp.Live.Delivery;

/// <summary>Compares what the state knows with what the store holds, both ways: promises without files, and files without promises.</summary>
/// <remarks>
/// A ready clip whose file is gone is put on record as expired and told in the log. What is left of a clip that failed or expired is removed, and so are files
/// that bear the id of an unknown clip and never got their sidecar, once they are old enough that nobody can still be writing them. All else is somebody's.
/// </remarks>
internal sealed partial class Reconciliation(StateDatabase state, IClipStore store, TimeProvider time, ILogger<Reconciliation> logger)
{
    /// <summary>Age before which a file is never removed here.</summary>
    private static readonly TimeSpan _young = TimeSpan.FromHours(1);

    /// <summary>Compares once.</summary>
    /// <returns>Ready clips that were missing, and files that were removed.</returns>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<(int Missing, int Removed)> RunAsync(CancellationToken cancel)
    {
        var held = new Dictionary<string, HeldFile>(StringComparer.Ordinal);
        await foreach (var file in store.ListAsync(cancel)) held[file.Uri] = file;
        var missing = await FindMissingAsync(held, cancel);

        var left = state.Read(ClipTable.Concluded).SelectMany(UrisOf).Where(held.ContainsKey).Select(uri => held[uri]).Concat(held.Values.Where(file => IsHalf(file, held)));
        var before = time.GetUtcNow() - _young;
        var removed = left.Where(file => file.ChangedAt < before).ToList();
        foreach (var file in removed)
        {
            await store.RemoveAsync(file.Uri, cancel);
            LogRemoved(file.Uri);
        }
        return (missing, removed.Count);
    }

    private async Task<int> FindMissingAsync(Dictionary<string, HeldFile> held, CancellationToken cancel)
    {
        var missing = 0;
        foreach (var row in state.Read(ClipTable.Stored).Where(row => !held.ContainsKey(row.Stored!.Main.Uri)))
        {
            if (await store.CheckAsync(row.Stored!.Main, cancel) is null) continue;   // it came after the list was read
            missing++;
            LogMissing(row.Plan.Id, row.Stored.Main.Uri);
            await state.WriteAsync(db => ClipTable.Expire(db, row.Plan.Id, time.GetUtcNow()));
        }
        return missing;
    }

    private IEnumerable<string> UrisOf(ClipRow row) => row.Cut!.Files.Select(file => file.Name).Append(row.Plan.Id + ".json").Select(name => store.UriOf(row.Plan, name));

    private bool IsHalf(HeldFile file, Dictionary<string, HeldFile> held) =>
        ClipFileName().Match(file.Uri) is { Success: true } name && !held.ContainsKey(name.Groups["stem"].Value + ".json") && state.Read(db => ClipTable.Find(db, name.Groups["id"].Value)) is null;

    /// <summary>A file whose name holds a clip's id just before its extension or the name of an extra file.</summary>
    [GeneratedRegex("^(?<stem>.*(?<id>[0-9a-f]{24}))[.-][^/]*$")]
    private static partial Regex ClipFileName();

    [LoggerMessage(Level = LogLevel.Error, Message = "Clip {Clip} was ready and is missing at {Uri}: somebody removed it")]
    private partial void LogMissing(string clip, string uri);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Uri} belongs to no clip and was removed")]
    private partial void LogRemoved(string uri);
}
