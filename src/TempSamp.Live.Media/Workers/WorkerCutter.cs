using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Cuts clips in a pool of worker processes: what breaks libav while it decodes, encodes or writes costs one try of one clip. A worker is kept for the
/// next clip; one that is lost is replaced and the clip tried once more.
/// </summary>
/// <remarks>The worker gets the packets and the path to write to. What it says it wrote is believed only where it lies beside that path.</remarks>
public sealed partial class WorkerCutter : IClipCutter, IDisposable
{
    private const int Tries = 2;
    private const int MostFiles = 16;

    /// <summary>Clips after which a worker is replaced, so that nothing that libav may lose adds up.</summary>
    private const int MostClips = 200;

    private static readonly string[] s_reasons = ["evicted", "no-key-frame", "format-changed", "disk-full", "cut-failed", "store-failed"];
    private static readonly string[] s_modes = ["copy", "smart", "exact"];

    private readonly IngestOptions _ingest;
    private readonly CutOptions _cut;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkerCutter> _log;
    private readonly SemaphoreSlim _free;
    private readonly ConcurrentBag<(WorkerProcess Worker, int Clips)> _idle = [];

    /// <summary>Makes a cutter; workers start with the first clips.</summary>
    /// <param name="ingest">Bounds on what is decoded, and where FFmpeg is.</param>
    /// <param name="cut">How clips are encoded.</param>
    /// <param name="workers">Bounds of the processes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets what a clip had to do without, and lost workers.</param>
    public WorkerCutter(IOptions<IngestOptions> ingest, IOptions<CutOptions> cut, IOptions<WorkerOptions> workers, TimeProvider time, ILogger<WorkerCutter> log)
    {
        ArgumentNullException.ThrowIfNull(ingest);
        ArgumentNullException.ThrowIfNull(cut);
        ArgumentNullException.ThrowIfNull(workers);
        (_ingest, _cut, _time, _log) = (ingest.Value, cut.Value, time, log);
        _options = workers.Value with { MemoryBytes = workers.Value.CutMemoryBytes, StuckAfter = TimeSpan.MaxValue }; // encoding a clip is one long call: CutTimeout bounds it
        _free = new SemaphoreSlim(_options.CutProcesses);
    }

    /// <summary>Processes that wait for a clip.</summary>
    internal IEnumerable<int> Idle => _idle.Select(idle => idle.Worker.Id);

    /// <inheritdoc/>
    public async Task<ClipFile> CutAsync(TapeSlice slice, ClipOrder order, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(slice);
        ArgumentNullException.ThrowIfNull(order);
        var whole = order with { Path = Path.GetFullPath(order.Path) };
        await _free.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await NamedThread.RunAsync("cut", () => CutWithRetry(slice, whole, cancel)).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out var idle)) idle.Worker.Dispose();
        _free.Dispose();
    }

    private ClipFile CutWithRetry(TapeSlice slice, ClipOrder order, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Cut(slice, order, cancel);
            }
            catch (WorkerLostException loss)
            {
                new ClipFiles(order.Path).Delete();
                cancel.ThrowIfCancellationRequested();
                LogLost(order.Path, attempt, loss.Message);
                if (attempt == Tries)
                    throw new ClipException($"Clip '{order.Path}' cannot be cut: {Tries} workers were lost over it, the last because {loss.Why}. The source may be damaged at this place; {WorkerOptions.Section} holds the bounds.", "cut-failed", loss);
            }
        }
    }

    private ClipFile Cut(TapeSlice slice, ClipOrder order, CancellationToken cancel)
    {
        var (worker, clips) = _idle.TryTake(out var idle) ? idle : (WorkerProcess.Start(WorkerProgram.CutVerb, _options, _time), 0);
        var isWhole = false;
        using var stop = cancel.Register(() => worker.End("the clip is not wanted any more"));
        try
        {
            worker.Limit = _options.CutTimeout;
            Send(worker, slice, order);
            var answer = Answer(worker);
            worker.Limit = Timeout.InfiniteTimeSpan;
            isWhole = answer.Kind is WireKind.Done or WireKind.Failed && !cancel.IsCancellationRequested;
            return answer.Kind switch
            {
                WireKind.Done => Checked(WorkerReply.Read(answer, WorkerJson.Default.ClipFile), order),
                WireKind.Failed => throw Failure(answer),
                _ => throw new InvalidDataException($"{answer.Kind} is no answer to a clip"),
            };
        }
        catch (InvalidDataException e)
        {
            isWhole = false;
            throw worker.Misbehaved(e);
        }
        finally
        {
            if (isWhole && clips + 1 < MostClips) _idle.Add((worker, clips + 1));
            else worker.Dispose();
        }
    }

    private void Send(WorkerProcess worker, TapeSlice slice, ClipOrder order)
    {
        worker.Send(new CutJob(new(_options.MemoryBytes, _options.Heartbeat), _ingest, _cut, order), WorkerJson.Default.CutJob);
        var writer = new WireWriter();
        foreach (var track in slice.Tracks) worker.Send(WireKind.Track, writer.Clear().Track(track, 0).Written);
        foreach (var packet in slice.Packets) worker.Send(WireKind.Packet, writer.Clear().Packet(packet).Written, packet.Data.Span);
        worker.Send(WireKind.Go, []);
    }

    private WireMessage Answer(WorkerProcess worker)
    {
        while (true)
        {
            var message = worker.Receive();
            if (message.Kind != WireKind.Log) return message;
            var (level, text) = WireFormat.ReadLog(message);
            LogSaid(level, text);
        }
    }

    private static ClipFile Checked(ClipFile file, ClipOrder order)
    {
        var isSound = file.Path == order.Path && File.Exists(file.Path) && (file.PosterPath is null || IsBeside(file.PosterPath, order.Path))
            && file.Extras.Count <= MostFiles && file.Extras.All(extra => IsBeside(extra, order.Path)) && s_modes.Contains(file.Mode) && file.Tracks.Count <= MostFiles;
        return isSound ? file with { Fallback = file.Fallback is { } why ? SecretText.Printable(why, 1024) : null, Requested = order.Range }
            : throw new InvalidDataException("it tells of files that were not ordered");
    }

    private static bool IsBeside(string path, string clip) =>
        Path.GetDirectoryName(path) == Path.GetDirectoryName(clip)
        && Path.GetFileName(path).StartsWith(Path.GetFileNameWithoutExtension(clip) + ".", StringComparison.Ordinal) && File.Exists(path);

    private static ClipException Failure(WireMessage answer)
    {
        var (reason, text) = WireFormat.ReadFailed(answer);
        return new ClipException(text, s_reasons.Contains(reason) ? reason : "cut-failed");
    }

    [LoggerMessage(Message = "{Text}")]
    private partial void LogSaid(LogLevel level, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clip {Path}: the worker that cut it was lost (try {Attempt}): {Reason}")]
    private partial void LogLost(string path, int attempt, string reason);
}
