using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>
/// Opens streams in worker processes: libav reads what strangers send in a process of its own, and what breaks it costs that stream a few seconds.
/// </summary>
/// <remarks>
/// <code>
///   this process                                  worker (same program, "ingest-worker")
///     job: address, options ────────────────────>   connects, reads, demuxes, decodes with the same code as LibavStreamSource
///     opened, tracks &lt;───────────────────────────
///     place on the session's timeline ──────────>
///     packets -> tape, notes, frames &lt;───────────   a full pipe makes it wait
///     publisher's FLV tags (listen:KEY) ────────>   the RTMP endpoint, managed code only, stays here
///     a beat each second &lt;───────────────────────   silent, stuck or too large: ended
/// </code>
/// A worker that is lost is started again inside the same session: <see cref="WorkerStreamInput"/>. A source that ends or fails in an orderly way ends the
/// session, as it does without workers.
/// </remarks>
public sealed partial class WorkerStreamSource : IStreamSource
{
    /// <summary>Time that a worker gets to start, beyond the time that opening its stream may take.</summary>
    private static readonly TimeSpan s_startMargin = TimeSpan.FromSeconds(5);

    private readonly IngestOptions _ingest;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly RtmpListener? _listener;
    private readonly ILogger<WorkerStreamSource> _log;
    private readonly UrlPolicy _policy;

    /// <summary>Makes a source.</summary>
    /// <param name="ingest">How streams are opened and read.</param>
    /// <param name="workers">Bounds of the processes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where lost workers are told of.</param>
    /// <param name="listener">The RTMP endpoint; null when <c>listen:</c> streams are not served.</param>
    public WorkerStreamSource(IOptions<IngestOptions> ingest, IOptions<WorkerOptions> workers, TimeProvider time, ILogger<WorkerStreamSource> log, RtmpListener? listener = null)
    {
        ArgumentNullException.ThrowIfNull(ingest);
        ArgumentNullException.ThrowIfNull(workers);
        (_ingest, _options, _time, _log, _listener) = (ingest.Value, workers.Value, time, log, listener);
        _policy = new UrlPolicy(_ingest);
        Crashes = new CrashBook(_options, time);
        if (!NativeHeap.CanGiveBack) LogKept();
    }

    /// <summary>Losses by stream; outlives sessions.</summary>
    internal CrashBook Crashes { get; }

    /// <inheritdoc/>
    public Task<IStreamInput> OpenAsync(StreamPlan plan, CancellationToken cancel) => OpenAgainAsync(plan, null, cancel);

    /// <inheritdoc/>
    public async Task<IStreamInput> OpenAgainAsync(StreamPlan plan, string? bookmark, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var url = _policy.Check(plan.Url);
        var publisher = url.Kind == StreamUrlKind.Listen ? new PublisherFeed(await PublisherAsync(url, cancel).ConfigureAwait(false), _time) : null;
        try
        {
            return await NamedThread.RunAsync($"open {plan.Id}", () => new WorkerStreamInput(this, plan, url.Kind == StreamUrlKind.File, publisher, _options, _time, _log, Start(plan, publisher, MediaTime.Zero, bookmark, cancel))).ConfigureAwait(false);
        }
        catch (WorkerLostException e)
        {
            publisher?.Dispose();
            throw Refusal(plan, e);
        }
        catch
        {
            publisher?.Dispose();
            throw;
        }
    }

    /// <summary>Says what is in a stream, as <see cref="StreamProbe"/> does.</summary>
    /// <exception cref="StreamException">It cannot be opened, has nothing that can be used, or broke the worker that read it.</exception>
    public Task<StreamFacts> ProbeAsync(string url, CancellationToken cancel) => NamedThread.RunAsync("probe", () => Probe(url, cancel));

    /// <summary>Starts a worker for a stream and waits until it is open. Blocks.</summary>
    /// <exception cref="StreamException">The worker says that it cannot be opened.</exception>
    /// <exception cref="WorkerLostException">The worker was lost.</exception>
    internal OpenedStream Start(StreamPlan plan, PublisherFeed? publisher, MediaTime skipTo, string? bookmark, CancellationToken cancel)
    {
        var worker = WorkerProcess.Start(WorkerProgram.IngestVerb, _options, _time);
        using var stop = cancel.Register(() => worker.End("the stream was stopped"));
        try
        {
            worker.Limit = _ingest.OpenTimeout + s_startMargin;
            worker.Send(Job(plan.Id, plan.Url, plan.Profile, publisher is not null, skipTo, bookmark), WorkerJson.Default.IngestJob);
            publisher?.Attach(worker);
            var opened = OpenedStream.Receive(worker, plan, _ingest);
            worker.Limit = Timeout.InfiniteTimeSpan;
            LogOpened(plan.Id, worker.Id);
            return opened;
        }
        catch (Exception e)
        {
            worker.Dispose();
            if (e is WorkerLostException && cancel.IsCancellationRequested) throw new OperationCanceledException(cancel);
            throw;
        }
    }

    /// <summary>What ends a session whose stream breaks every worker.</summary>
    internal StreamException Quarantined(StreamPlan plan, int losses, WorkerLostException loss) => new(
        $"Stream {plan.Id} lost {losses} workers in {_options.CrashWindow.TotalMinutes:0.#} min and is left alone for a while. The last one: {loss.Message}. Check the source; {WorkerOptions.Section}:CrashLimit sets how many are allowed.",
        "quarantined", loss);

    private StreamException Refusal(StreamPlan plan, WorkerLostException loss)
    {
        var losses = Crashes.Add(plan.Id);
        return losses > _options.CrashLimit ? Quarantined(plan, losses, loss)
            : new($"Stream {plan.Id} cannot be opened: its worker was lost, {loss.Message}. Check the source; {WorkerOptions.Section} holds the bounds.", "native", loss);
    }

    private StreamFacts Probe(string url, CancellationToken cancel)
    {
        using var worker = WorkerProcess.Start(WorkerProgram.IngestVerb, _options, _time);
        using var stop = cancel.Register(() => worker.End("it was stopped"));
        try
        {
            worker.Limit = (_ingest.OpenTimeout * 2) + s_startMargin;
            worker.Send(Job("probe", url, null, isPublished: false, MediaTime.Zero, null), WorkerJson.Default.IngestJob);
            var answer = worker.Receive();
            return answer.Kind switch
            {
                WireKind.Done => WorkerReply.Read(answer, WorkerJson.Default.StreamFacts),
                WireKind.Failed => throw OpenedStream.Failure(answer),
                _ => throw new InvalidDataException($"{answer.Kind} is no answer to a probe"),
            };
        }
        catch (Exception e) when (e is WorkerLostException or InvalidDataException)
        {
            cancel.ThrowIfCancellationRequested();
            throw new StreamException($"Stream {_policy.Check(url)} broke the worker that read it: {e.Message}. It is damaged, or made to do harm.", "damaged", e);
        }
    }

    private IngestJob Job(string id, string url, WindowProfile? profile, bool isPublished, MediaTime skipTo, string? bookmark) =>
        new(new(_options.MemoryBytes, _options.Heartbeat), id, url, profile, _ingest, isPublished, skipTo, bookmark);

    private async Task<FlvPipe> PublisherAsync(StreamUrl url, CancellationToken cancel) => _listener is null
        ? throw new StreamException($"{url} needs the RTMP endpoint, which does not run here. Run it in the daemon, or name an address to read from.", "forbidden")
        : await _listener.WaitForPublisherAsync(url.Target, cancel).ConfigureAwait(false);

    [LoggerMessage(Level = LogLevel.Information, Message = "Memory that libav frees stays with the C library, which is no glibc: what workers hold may look larger than what they use")]
    private partial void LogKept();

    [LoggerMessage(Level = LogLevel.Debug, Message = "Stream {Stream}: worker {Process} reads it")]
    private partial void LogOpened(string stream, int process);
}
