using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;

namespace TempSamp.Live.Grounding;

/// <summary>
/// Lets streams share one model on its one thread: all hops that are due go into one batch, the most urgent first; a stream that asks again before its turn came is asked
/// once, about the newest; one that does not fit is refused; and while answers come late, the work is made lighter step by step.
/// </summary>
/// <remarks>Frames are never dropped here: those of a hop that was skipped enter the windows with the next.</remarks>
internal sealed partial class GroundingScheduler
{
    private static readonly Counter<double> _seconds = LiveTelemetry.Meter.CreateCounter<double>("highlight_gpu", "s", "Time that the model took for the stream; a batch's time is shared out by tokens.");
    private static readonly Counter<double> _tokens = LiveTelemetry.Meter.CreateCounter<double>("highlight_tokens", description: "Tokens that the model read for the stream.");

    private readonly GpuThread _gpu;
    private readonly Func<IReadOnlyList<StreamHop>, IReadOnlyList<StreamAnswers>> _run;
    private readonly SchedulerOptions _options;
    private readonly long? _maxBytes;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly long _start;
    private readonly Lock _gate = new();
    private readonly HopBoard _board = new();
    private readonly LoadMeter _meter = new();
    private readonly DegradationLadder _ladder;
    private readonly Dictionary<StreamTurn, ScheduledStream> _streams = [];
    private int _generation;                // of the windows: a step that changes them begins a new one
    private bool _isRunning;

    /// <summary>A scheduler on a model's thread.</summary>
    /// <param name="gpu">The thread.</param>
    /// <param name="run">Reads and asks a batch; called on the thread.</param>
    /// <param name="rungs">The steps that this model has.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="maxBytes">Most memory of all windows; null for no bound.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told of every step.</param>
    public GroundingScheduler(
        GpuThread gpu, Func<IReadOnlyList<StreamHop>, IReadOnlyList<StreamAnswers>> run, IReadOnlyList<Rung> rungs, SchedulerOptions options, long? maxBytes, TimeProvider time, ILogger log)
    {
        (_gpu, _run, _options, _maxBytes, _time, _log) = (gpu, run, options, maxBytes, time, log);
        (_ladder, _start) = (new(options, rungs), time.GetTimestamp());
    }

    /// <summary>Whether a step is in force.</summary>
    public bool Has(Rung rung)
    {
        lock (_gate) return _ladder.Has(rung);
    }

    /// <summary>Makes room for a stream.</summary>
    /// <param name="demand">What it asks.</param>
    /// <param name="open">Opens its windows, on the model's thread.</param>
    /// <exception cref="AdmissionException">It does not fit.</exception>
    public ScheduledStream Admit(StreamDemand demand, Func<StreamHop> open)
    {
        lock (_gate)
        {
            if (Admission.Refusal(demand, [.. _streams.Values.Select(s => s.Demand)], _meter.SecondsPerUnit, _options.MaxLoad, _maxBytes) is { } refusal) throw new AdmissionException(refusal);
            var stream = new ScheduledStream(demand, open);
            _streams.Add(stream.Turn, stream);
            return stream;
        }
    }

    /// <summary>Makes room for what a stream asks from now on.</summary>
    /// <exception cref="AdmissionException">It does not fit; the stream asks what it asked before.</exception>
    public void Readmit(ScheduledStream stream, StreamDemand demand)
    {
        lock (_gate)
        {
            if (Admission.Refusal(demand, [.. _streams.Values.Where(s => s != stream).Select(s => s.Demand)], _meter.SecondsPerUnit, _options.MaxLoad, _maxBytes) is { } refusal) throw new AdmissionException(refusal);
            stream.Demand = demand;
        }
    }

    /// <summary>Hands in the pairs since the last time and asks about the window that ends with them.</summary>
    public Task<HopOutcome> Ask(ScheduledStream stream, IReadOnlyList<FramePair> pairs)
    {
        lock (_gate)
        {
            stream.Pairs.AddRange(pairs);
            if (_board.Ask(stream.Turn, Now))
            {
                stream.Skipped++;
                stream.Pending!.SetResult(default);
            }
            else stream.AskedAt = _time.GetTimestamp();
            stream.Pending = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_isRunning) RunSoon();
            return stream.Pending.Task;
        }
    }

    /// <summary>What was done to a stream since the last time.</summary>
    public IReadOnlyList<TurnNote> TakeNotes(ScheduledStream stream)
    {
        lock (_gate)
        {
            TurnNote[] notes = [.. stream.Notes];
            stream.Notes.Clear();
            return notes;
        }
    }

    /// <summary>Forgets a stream and frees its windows.</summary>
    public Task RemoveAsync(ScheduledStream stream)
    {
        lock (_gate)
        {
            _board.Withdraw(stream.Turn);
            _streams.Remove(stream.Turn);
            stream.Pending?.TrySetResult(default);
        }
        return _gpu.RunAsync(() =>
        {
            stream.Close();
            return true;
        }, CancellationToken.None);
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    private void RunSoon()
    {
        _isRunning = true;
        _ = _gpu.RunAsync(RunBatch, CancellationToken.None);        // a batch's fault is its hops' outcome
    }

    // On the model's thread.
    private bool RunBatch()
    {
        var (batch, generation) = Take();
        var began = _time.GetTimestamp();
        var open = new List<(BatchItem Item, StreamHop Hop)>();
        foreach (var item in batch)
        {
            try
            {
                open.Add((item, item.Stream.Push(item.Pairs, generation)));
            }
            catch (Exception fault)                                 // one stream's windows that cannot be opened cost one stream
            {
                item.Pending.TrySetException(fault);
            }
        }
        try
        {
            if (open.Count > 0) Tell([.. open.Select(o => o.Item)], _run([.. open.Select(o => o.Hop)]), began);
        }
        catch (Exception fault)                                     // whoever waits for a hop gets its fault
        {
            foreach (var (item, _) in open) item.Pending.TrySetException(fault);
        }
        lock (_gate)
        {
            _isRunning = false;
            if (_board.Count > 0) RunSoon();
        }
        return true;
    }

    private (List<BatchItem> Batch, int Generation) Take()
    {
        lock (_gate)
        {
            var urgent = _streams.Values.Where(s => s.Turn.Deadline is not null).OrderBy(s => s.Turn.Deadline).Select(s => s.Demand.Units);
            var batch = _board.Take(_meter.Fitting(urgent, _options.Batch)).Select(t => _streams[t]).Select(s => new BatchItem(s, [.. s.Pairs], s.Pending!, s.AskedAt)).ToList();
            foreach (var (stream, _, _, _) in batch)
            {
                stream.Pairs.Clear();
                stream.Pending = null;
            }
            return (batch, _generation);
        }
    }

    private void Tell(List<BatchItem> batch, IReadOnlyList<StreamAnswers> answers, long began)
    {
        var took = _time.GetElapsedTime(began);
        lock (_gate)
        {
            _meter.Ran(batch.Sum(b => b.Stream.Demand.Units), took);
            foreach (var stream in batch.Select(b => b.Stream).Where(s => s.Skipped > 0))
            {
                stream.Notes.Enqueue(new("skipped", $"{stream.Skipped} hops were not asked because the model was busy; their frames were read with the next"));
                stream.Skipped = 0;
            }
            var late = batch.Count(b => _time.GetElapsedTime(b.AskedAt) > b.Stream.Demand.Hop);
            if (_ladder.Observe(Now, took, batch.Count, late) is { } change) Note(change);
        }
        var tokens = batch.Sum(b => b.Stream.Demand.Units);
        foreach (var demand in batch.Select(b => b.Stream.Demand))
        {
            _seconds.Add(took.TotalSeconds * demand.Units / tokens, new KeyValuePair<string, object?>("stream", demand.Stream));
            _tokens.Add(demand.Units, new KeyValuePair<string, object?>("stream", demand.Stream));
        }
        foreach (var (item, said) in batch.Zip(answers)) item.Pending.TrySetResult(new(said, new(_time.GetElapsedTime(item.AskedAt, began), took)));
    }

    private readonly record struct BatchItem(ScheduledStream Stream, IReadOnlyList<FramePair> Pairs, TaskCompletionSource<HopOutcome> Pending, long AskedAt);

    private void Note(RungChange change)
    {
        if (change.Rung != Rung.Hop) _generation++;
        var text = $"{(change.IsTaken ? "lighter" : "whole again")}: {Text(change.Rung)}, because {change.Why}";
        foreach (var stream in _streams.Values) stream.Notes.Enqueue(new(change.IsTaken ? "degraded" : "restored", text));
        if (change.IsTaken) LogTaken(Text(change.Rung), change.Why, _streams.Count);
        else LogLeft(Text(change.Rung), change.Why, _streams.Count);
    }

    private static string Text(Rung rung) => rung switch
    {
        Rung.Hop => "streams are asked half as often",
        Rung.Phases => "half as many windows a stream",
        _ => "smaller frames",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model is too slow for {Streams} streams: {Step}, because {Why}. Watch fewer streams or queries, or use a faster device")]
    private partial void LogTaken(string step, string why, int streams);

    [LoggerMessage(Level = LogLevel.Information, Message = "The model keeps up with {Streams} streams again: no longer {Step}, because {Why}")]
    private partial void LogLeft(string step, string why, int streams);
}
