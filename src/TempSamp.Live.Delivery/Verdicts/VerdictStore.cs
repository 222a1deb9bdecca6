using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Delivery;

/// <summary>Writes every hop of every stream into <c>verdicts.db</c>: one loop, all hops that wait as one change.</summary>
/// <remarks>A hop that cannot be written, on a full disk for one, is counted and logged, and costs no stream anything but its record.</remarks>
public sealed partial class VerdictStore : IVerdictLog, IAsyncDisposable
{
    private static readonly TimeSpan Tidying = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Complaining = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly VerdictOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<HopRecord> _hops;
    private readonly Task _writing;
    private long? _tidied;
    private long? _complained;
    private long _lost;

    /// <summary>Opens the file when the first hop comes.</summary>
    public VerdictStore(IOptions<DeliveryOptions> delivery, IOptions<VerdictOptions> options, TimeProvider time, ILogger<VerdictStore> log)
    {
        (_path, _options, _time, _log) = (Path.Combine(delivery.Value.Directory, VerdictDatabase.FileName), options.Value, time, log);
        _hops = Channel.CreateBounded<HopRecord>(new BoundedChannelOptions(_options.Queue) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Hops that could not be written since the start.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(HopRecord hop, CancellationToken cancel)
    {
        try
        {
            if (!_hops.Writer.TryWrite(hop)) await _hops.Writer.WriteAsync(hop, cancel);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            Interlocked.Increment(ref _lost);
        }
    }

    private async Task WriteAllAsync()
    {
        VerdictDatabase? database = null;
        VerdictTables? tables = null;
        try
        {
            while (await _hops.Reader.WaitToReadAsync())
            {
                var waiting = new List<HopRecord>();
                while (waiting.Count < _options.Queue && _hops.Reader.TryRead(out var hop)) waiting.Add(hop);
                try
                {
                    if (database is null)
                    {
                        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
                        database = VerdictDatabase.OpenWriter(_path, out var isSetAside);
                        if (isSetAside) LogSetAside(_path, VerdictDatabase.SetAside);
                        tables = new(database);
                    }
                    tables!.Write(waiting);
                    Tidy(tables);
                }
                catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
                {
                    Complain(waiting.Count, e);
                    database?.Dispose();            // opened afresh for the next hop: what it had prepared may be void
                    database = null;
                }
            }
        }
        finally
        {
            database?.Dispose();
        }
    }

    private void Tidy(VerdictTables tables)
    {
        if (_tidied is { } tidied && _time.GetElapsedTime(tidied) < Tidying) return;
        tables.Forget(_time.GetUtcNow() - _options.Keep, _options.MaxBytes);
        _tidied = _time.GetTimestamp();
    }

    private void Complain(int hops, Exception e)
    {
        Interlocked.Add(ref _lost, hops);
        if (_complained is { } complained && _time.GetElapsedTime(complained) < Complaining) return;
        _complained = _time.GetTimestamp();
        LogLost(e, _path, Lost, e.Message);
    }

    /// <summary>Writes what waits and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _hops.Writer.TryComplete();
        await _writing;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} was damaged or of another version: it was renamed to end in {Suffix}, and a new one begun")]
    private partial void LogSetAside(string path, string suffix);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path}: verdicts of {Lost} hops could not be written so far: {Reason} Free disk space and check the folder; streams and clips go on")]
    private partial void LogLost(Exception error, string path, long lost, string reason);
}
