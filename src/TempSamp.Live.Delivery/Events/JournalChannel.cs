using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>An append-only journal of events, <c>events.jsonl</c>: one structured-mode CloudEvent a line, on the disk before it counts as sent.</summary>
/// <remarks>Opening cuts off a last line that a crash tore, and finds the lines that were written and not confirmed, so that none is written twice. One process a journal.</remarks>
internal sealed partial class JournalChannel : IEventChannel
{
    /// <summary>Its name in the outbox.</summary>
    public const string ChannelName = "journal";

    private readonly string _path;
    private readonly CloudEventWriter _writer;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly FileStream _file;
    private readonly HashSet<string> _written;

    /// <summary>Opens or makes the journal, and repairs it.</summary>
    /// <exception cref="IOException">The journal cannot be opened.</exception>
    public JournalChannel(IOptions<DeliveryOptions> options, StateDatabase state, CloudEventWriter writer, ILogger<JournalChannel> logger)
    {
        (_writer, _logger) = (writer, logger);
        Pace = RetryPace.Of(options.Value);
        _path = PathIn(options.Value.Directory);
        _file = Open(_path);
        try
        {
            var pending = state.Read(db => EventTable.PendingIds(db, Name)).ToHashSet();
            var tail = JournalTail.Read(_file, pending);
            _written = tail.Found;
            Repair(tail);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The journal of a delivery folder.</summary>
    public static string PathIn(string directory) => Path.Combine(Path.GetFullPath(directory), "events.jsonl");

    /// <inheritdoc/>
    public string Name => ChannelName;

    /// <inheritdoc/>
    public bool IsLocal => true;

    /// <inheritdoc/>
    public RetryPace Pace { get; }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancel) => Task.CompletedTask;   // opening it was the check

    /// <inheritdoc/>
    public async Task SendAsync(PendingEvent pending, CancellationToken cancel)
    {
        byte[] line = [.. _writer.Structured(pending.Told).Span, (byte)'\n'];
        await _turn.WaitAsync(cancel);
        try
        {
            if (!_written.Remove(pending.Told.Id)) Append(line, pending.Told.Id);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Closes the journal.</summary>
    public ValueTask DisposeAsync()
    {
        _turn.Dispose();
        return _file.DisposeAsync();
    }

    private static FileStream Open(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            DurableFile.SyncFolder(Path.GetDirectoryName(path)!);
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"journal '{path}' cannot be opened: {error.Message} Make it writable, set Delivery:Directory to another folder, or switch Events:Journal off.", error);
        }
    }

    private void Append(byte[] line, string id)
    {
        var before = _file.Position;
        try
        {
            _file.Write(line);
            _file.Flush(flushToDisk: true);
        }
        catch (IOException error)
        {
            if (_file.CanSeek && _file.Length > before) _file.SetLength(before);
            _file.Position = before;
            var fix = DurableFile.IsDiskFull(error) ? "the disk is full; free some space" : "check the disk";
            throw new ChannelException($"journal '{_path}': event {id} cannot be written ({error.Message}): {fix}", inner: error);
        }
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Journal {Path}: the last line was torn by a crash; its {Bytes} bytes were cut off")]
    private partial void LogTorn(string path, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Journal {Path}: {Count} lines are not events and are left alone")]
    private partial void LogStrange(string path, int count);
}
