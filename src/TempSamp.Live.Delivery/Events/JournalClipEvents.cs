using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Contracts;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>An append-only journal of events, <c>events.jsonl</c>: one structured-mode CloudEvent a line, on the disk before publishing returns.</summary>
/// <remarks>
/// Opening repairs what a crash left: a torn last line is cut off, sequences go on, and what was announced and never concluded is concluded:
/// a clip whose file is whole becomes ready, other clips fail as <c>interrupted</c>, sessions go offline. One process a journal.
/// </remarks>
public sealed partial class JournalClipEvents : IClipEvents, IDisposable
{
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CloudEventWriter _writer = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly FileStream _claim;
    private readonly FileStream _file;
    private readonly Dictionary<string, long> _sequences;

    /// <summary>Opens or makes the journal, and repairs it.</summary>
    /// <exception cref="IOException">The journal cannot be opened, or another process writes it.</exception>
    public JournalClipEvents(IOptions<DeliveryOptions> options, TimeProvider time, ILogger<JournalClipEvents> logger)
    {
        (_time, _logger) = (time, logger);
        var folder = Path.GetFullPath(options.Value.Directory);
        _path = Path.Combine(folder, "events.jsonl");
        (_claim, _file) = Open(folder, _path);
        try
        {
            var tail = JournalTail.Read(_file);
            _sequences = tail.Sequences;
            Repair(tail);
            Conclude(tail, folder);
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The journal cannot be written; it is as it was before.</exception>
    public async Task PublishAsync(SessionEvent happened, CancellationToken cancel)
    {
        var outgoing = OutgoingEvent.Of(happened);
        await _turn.WaitAsync(cancel);
        try
        {
            Append(outgoing);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Closes the journal.</summary>
    public void Dispose()
    {
        Close();
        _turn.Dispose();
    }

    private void Close()
    {
        _file.Dispose();
        _claim.Dispose();
    }

    private static (FileStream Claim, FileStream Journal) Open(string folder, string path)
    {
        FileStream? claim = null;
        try
        {
            Directory.CreateDirectory(folder);
            claim = DurableFile.Claim(folder, "events");
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            DurableFile.SyncFolder(folder);
            return (claim, file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            claim?.Dispose();
            throw new IOException($"journal '{path}' cannot be opened: {error.Message} Stop the other daemon that uses the folder, make it writable, or set Delivery:Directory to another.", error);
        }
    }

    private void Append(OutgoingEvent outgoing)
    {
        var sequence = _sequences.GetValueOrDefault(outgoing.Source) + 1;
        byte[] line = [.. _writer.Write(outgoing, sequence).Span, (byte)'\n'];
        var before = _file.Position;
        try
        {
            _file.Write(line);
            _file.Flush(flushToDisk: true);
        }
        catch (IOException error)
        {
            Truncate(before);
            var fix = DurableFile.IsDiskFull(error) ? "the disk is full; free some space" : "check the disk";
            throw new IOException($"journal '{_path}': event {outgoing.Id} cannot be written ({error.Message}): {fix}", error);
        }
        _sequences[outgoing.Source] = sequence;
    }

    private void Truncate(long length)
    {
        if (_file.CanSeek && _file.Length > length) _file.SetLength(length);
        _file.Position = length;
    }

    private void Repair(JournalTail tail)
    {
        if (tail.StrangeLines > 0) LogStrange(_path, tail.StrangeLines);
        if (_file.Length > tail.WholeLength)
        {
            LogTorn(_path, _file.Length - tail.WholeLength);
            _file.SetLength(tail.WholeLength);
            _file.Flush(flushToDisk: true);
        }
        _file.Position = tail.WholeLength;
    }

    private void Conclude(JournalTail tail, string folder)
    {
        foreach (var clip in tail.OpenClips.Values)
        {
            var paths = ClipPaths.In(folder, clip.Stream.Id, clip.ClipId);
            var ready = ClipSidecar.ReadWhole(paths);
            if (ready is null) paths.DeleteUnfinished();
            LogConcluded(clip.ClipId, clip.Stream.Id, ready is null ? "failed" : "ready");
            Append(ready is not null
                ? OutgoingEvent.Clip(EventTypes.ClipReady, ready, ContractsJson.Default.ClipReady, _time.GetUtcNow())
                : OutgoingEvent.Clip(EventTypes.ClipFailed, Interrupted(clip), ContractsJson.Default.ClipFailed, _time.GetUtcNow()));
        }
        foreach (var stream in tail.OpenSessions.Values)
            Append(OutgoingEvent.Stream(EventTypes.StreamOffline, new(stream, "offline", "interrupted", "the service ended without saying so"), _time.GetUtcNow()));
    }

    private static Contracts.ClipFailed Interrupted(Contracts.ClipDetected clip) => new()
    {
        ClipId = clip.ClipId, Revision = 2, State = "failed", Stream = clip.Stream, Query = clip.Query, Model = clip.Model, Time = clip.Time, Decision = clip.Decision,
        Failure = new("interrupted", "the service ended before the clip was finished, and its packets are gone"),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Journal {Path}: the last line was torn by a crash; its {Bytes} bytes were cut off")]
    private partial void LogTorn(string path, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Journal {Path}: {Count} lines are not events and are left alone")]
    private partial void LogStrange(string path, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clip {Clip} of stream {Stream} was announced before the last stop and is concluded now: {State}")]
    private partial void LogConcluded(string clip, string stream, string state);
}
