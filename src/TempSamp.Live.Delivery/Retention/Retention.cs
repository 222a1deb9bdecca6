using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Keeps spool, clips and database inside their bounds. The newest always stays; whatever goes is on record first.</summary>
/// <remarks>
/// <code>
///   spool over its bytes ────────────────── oldest waiting clips: failed event, then removed
///   clips over their bytes, then too old ── oldest stored clips: on record as expired, then removed
///   disk nearly full ────────────────────── a folder store: oldest stored clips; then oldest waiting clips
///   database ────────────────────────────── confirmed events and concluded clips past their age
/// </code>
/// </remarks>
internal sealed partial class Retention(
    StateDatabase state, IClipStore store, ClipDelivery delivery, IFreeSpace space, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<Retention> logger)
{
    private readonly RetentionOptions _bounds = options.Value.Retention;

    /// <summary>Looks once and removes what is too much.</summary>
    public async Task TrimAsync(CancellationToken cancel)
    {
        await TrimClipsAsync(cancel);
        await TrimSpoolAsync(state.Read(ClipTable.SpoolBytes) - _bounds.SpoolBytes, "the spool is over Delivery:Retention:SpoolBytes; bring the store back or allow more", cancel);
        await TrimDiskAsync(cancel);
        var before = time.GetUtcNow() - _bounds.EventAge;
        var gone = await state.WriteAsync(db => EventTable.Forget(db, before) + ClipTable.Forget(db, before));
        if (gone > 0) LogForgot(gone, before);
    }

    private async Task TrimClipsAsync(CancellationToken cancel)
    {
        var excess = _bounds.ClipBytes > 0 ? state.Read(ClipTable.StoredBytes) - _bounds.ClipBytes : 0;
        var before = _bounds.ClipAge > TimeSpan.Zero ? time.GetUtcNow() - _bounds.ClipAge : DateTimeOffset.MinValue;
        if (excess <= 0 && before == DateTimeOffset.MinValue) return;
        await ExpireAsync(row => excess > 0 || row.SettledAt < before, bytes => excess -= bytes, cancel);
    }

    /// <summary>The low-water mark: acts before the disk is full, because a full disk takes the choice away.</summary>
    private async Task TrimDiskAsync(CancellationToken cancel)
    {
        var missing = _bounds.FreeBytes - space.FreeBytes;
        if (missing <= 0) return;
        LogLow(space.FreeBytes, _bounds.FreeBytes);
        if (store is FolderClipStore) await ExpireAsync(_ => missing > 0, bytes => missing -= bytes, cancel);
        await TrimSpoolAsync(missing, "the disk is nearly full, below Delivery:Retention:FreeBytes; free some space or use a larger disk", cancel);
    }

    /// <summary>Removes stored clips, oldest first, while they are too much; the newest stays whatever the bounds say.</summary>
    private async Task ExpireAsync(Func<ClipRow, bool> isTooMuch, Action<long> removed, CancellationToken cancel)
    {
        foreach (var row in state.Read(ClipTable.StoredButNewest).TakeWhile(isTooMuch))
        {
            await state.WriteAsync(db => ClipTable.Expire(db, row.Plan.Id, time.GetUtcNow()));   // on record first: a crash leaves a file too many, never a promise too many
            foreach (var file in row.Stored!.Files) await store.RemoveAsync(file.Uri, cancel);
            var bytes = row.Cut!.Files.Sum(file => file.Bytes);
            removed(bytes);
            LogExpired(row.Plan.Id, row.Stored.Main.Uri, bytes);
        }
    }

    private async Task TrimSpoolAsync(long excess, string detail, CancellationToken cancel)
    {
        foreach (var row in state.Read(ClipTable.SpooledButNewest).TakeWhile(_ => excess > 0))
        {
            cancel.ThrowIfCancellationRequested();
            await delivery.GiveUpAsync(row, "spool-full", $"clip {row.Plan.Id} waited for its store, and {detail}");
            excess -= row.Cut!.Files.Sum(file => file.Bytes);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Clip {Clip} was removed from {Uri} by retention, {Bytes} bytes")]
    private partial void LogExpired(string clip, string uri, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Free} bytes are left on the disk, fewer than Delivery:Retention:FreeBytes ({Wanted}); the oldest clips go")]
    private partial void LogLow(long free, long wanted);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Count} records of before {Before} were forgotten")]
    private partial void LogForgot(int count, DateTimeOffset before);
}

/// <summary>How much room is left where clips are spooled.</summary>
internal interface IFreeSpace
{
    /// <summary>Bytes.</summary>
    long FreeBytes { get; }
}

/// <summary>The disk of the delivery folder.</summary>
internal sealed class DeliveryDisk(IOptions<DeliveryOptions> options) : IFreeSpace
{
    /// <inheritdoc/>
    public long FreeBytes => new DriveInfo(Path.GetFullPath(options.Value.Directory)).AvailableFreeSpace;
}
