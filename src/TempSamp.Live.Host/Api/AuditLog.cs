using System.Text.Json;

namespace TempSamp.Live.Host;

/// <summary>Who changed what: <c>audit.jsonl</c> in the data folder, one line a change, only ever appended to.</summary>
internal sealed class AuditLog(string path, TimeProvider time)
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Writes a change down, durably, before its caller is answered.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="action">What was done, such as <c>put-stream</c>.</param>
    /// <param name="target">To what.</param>
    /// <param name="version">Version of the configuration that holds it.</param>
    /// <param name="digest">Digest of that version.</param>
    /// <param name="cancel">Gives up waiting for other writers.</param>
    public async Task WriteAsync(string caller, string action, string target, int version, string digest, CancellationToken cancel)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(new { at = time.GetUtcNow(), caller, action, target, version, digest });
        await _turn.WaitAsync(cancel);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            await file.WriteAsync((byte[])[.. line, (byte)'\n'], CancellationToken.None);
            file.Flush(flushToDisk: true);
        }
        finally
        {
            _turn.Release();
        }
    }
}
