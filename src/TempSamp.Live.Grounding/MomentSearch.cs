using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;
using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>A query as the model is asked it.</summary>
internal readonly record struct SearchQuery(string Id, string Text);

/// <summary>One session's search: frames become pairs, and every hop the pairs enter the stream's windows and the oldest one is asked.</summary>
/// <remarks>
/// A hop's answer is waited for until the next hop is due; when it is late, frames go on being taken and its verdicts come with a later frame. So a model that is too slow
/// makes a stream's hops fewer, and its frames wait nowhere.
/// </remarks>
internal sealed partial class MomentSearch : IMomentSearch
{
    private readonly GroundingModel _model;
    private readonly GpuThread _gpu;
    private readonly GroundingScheduler _scheduler;
    private readonly ScheduledStream _stream;
    private IReadOnlyList<SearchQuery> _queries;
    private string[] _digests;
    private readonly SearchPace _pace;
    private readonly bool _thinking;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly PairAssembler _pairs;
    private readonly List<FramePair> _waiting = [];         // not handed to the scheduler yet
    private readonly Queue<Task<HopOutcome>> _open = [];    // asked, not answered
    private StreamHop? _windows;                            // touched on the model's thread only
    private long? _from;                                    // first second
    private long? _asked;                                   // end of the newest window that was asked about
    private long _end;                                      // end of the newest pair

    /// <summary>Makes room for a stream and begins.</summary>
    /// <exception cref="AdmissionException">It does not fit beside those that run.</exception>
    /// <exception cref="ModelException">A query is empty or too long.</exception>
    public MomentSearch(
        GroundingModel model, GpuThread gpu, GroundingScheduler scheduler, string stream, IReadOnlyList<SearchQuery> queries, SearchPace pace, bool thinking, TimeProvider time, ILogger log)
    {
        (_model, _gpu, _scheduler, _queries, _pace, _thinking, _time, _log) = (model, gpu, scheduler, queries, pace, thinking, time, log);
        _digests = DigestsOf(queries);
        _pairs = new(model);
        string[] texts = [.. queries.Select(q => q.Text)];
        _stream = scheduler.Admit(model.Engine.Demand(stream, pace, texts), () => Open(texts));
    }

    private StreamHop Open(string[] texts) => _windows = new(_model.Engine.Open(Pace, texts, _thinking), texts);

    private string[] DigestsOf(IReadOnlyList<SearchQuery> queries) => [.. queries.Select(q => PromptDigest.Of(_model.Profile.Prompt, q.Text))];

    // As the ladder leaves it.
    private SearchPace Pace => _pace with { Phases = _scheduler.Has(Rung.Phases) ? (_pace.Phases + 1) / 2 : _pace.Phases };

    private int Hop => _scheduler.Has(Rung.Hop) ? 2 * _pace.Hop : _pace.Hop;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WindowVerdict>> PushAsync(SampledFrame frame, CancellationToken cancel)
    {
        Take(_pairs.Push(frame));
        if (!Due) return await TellAsync(cancel);
        var hop = Ask();
        try
        {
            await (_pace.Phases == 0 ? hop.WaitAsync(cancel) : hop.WaitAsync(TimeSpan.FromSeconds(Hop), _time, cancel));
        }
        catch (TimeoutException)
        {
            // It is late: its verdicts come with a later frame.
        }
        return await TellAsync(cancel);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WindowVerdict>> ChangeAsync(IReadOnlyList<HighlightQuery> queries, CancellationToken cancel)
    {
        string[] texts = [.. queries.Select(q => q.Text)];
        _scheduler.Readmit(_stream, _model.Engine.Demand(_stream.Demand.Stream, _pace, texts));
        await Task.WhenAll(_open).WaitAsync(cancel);
        var verdicts = await TellAsync(cancel);
        await _gpu.RunAsync(() =>
        {
            _stream.Change(() => Open(texts), windows =>
            {
                _model.Engine.Ask(windows, _pace, texts, _thinking);
                return _windows = new(windows, texts);
            });
            return true;
        }, cancel);
        _queries = [.. queries.Select(q => new SearchQuery(q.Id, q.Text))];
        _digests = DigestsOf(_queries);
        return verdicts;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WindowVerdict>> FinishAsync(CancellationToken cancel)
    {
        Take(_pairs.Flush());
        if (_from is not null && _end > (_asked ?? _from)) _ = Ask();              // in the queue that is waited for
        await Task.WhenAll(_open).WaitAsync(cancel);
        return await TellAsync(cancel);
    }

    /// <inheritdoc/>
    public IReadOnlyList<StreamNote> TakeNotes() => [.. _scheduler.TakeNotes(_stream).Select(n => new StreamNote(n.Kind, MediaTime.FromSeconds(_end), n.Text))];

    private bool Due => _from is { } from && (_asked is { } asked ? _end - asked >= Hop : _end - from >= _pace.First);

    private void Take(IReadOnlyList<FramePair> complete)
    {
        if (complete.Count == 0) return;
        _waiting.AddRange(complete);
        if (_from is null || complete[0].Second - _end >= _pace.Window) (_from, _asked) = (complete[0].Second, null);   // nothing of before is seen any more
        _end = complete[^1].Second + 1;
    }

    private Task<HopOutcome> Ask()
    {
        FramePair[] fresh = [.. _waiting];
        _waiting.Clear();
        _asked = _end;
        var hop = _scheduler.Ask(_stream, fresh);
        _open.Enqueue(hop);
        return hop;
    }

    // Verdicts of the hops that were answered, oldest first.
    private async Task<IReadOnlyList<WindowVerdict>> TellAsync(CancellationToken cancel)
    {
        var verdicts = new List<WindowVerdict>();
        while (_open.TryPeek(out var first) && first.IsCompleted)
        {
            var (answers, timings) = await _open.Dequeue();
            if (answers is null) continue;
            var thoughts = _thinking ? await _gpu.RunAsync(() => _model.Engine.Think(_windows!.Windows.Oldest, _windows.Queries), cancel) : null;
            verdicts.AddRange(answers.Answers.Select((a, i) => Verdict(i, answers, thoughts is null ? a : thoughts[i] with { Presence = a.Presence, Confidence = a.Confidence }, timings)));
        }
        return verdicts;
    }

    private WindowVerdict Verdict(int query, StreamAnswers said, WindowAnswer answer, VerdictTimings timings)
    {
        var (start, end) = (said.Start, said.End);
        var window = TimeRange.FromSeconds(start, end);
        if (answer.Fault is { } fault) LogNoAnswer(_log, _queries[query].Id, window, fault);
        var (presence, posterior) = (_model.CalibratedPresence(answer.Presence), answer.Posterior);
        TimeRange? span = (posterior?.Best ?? answer.Span) is { } s ? TimeRange.FromSeconds(start + s.Start, start + s.End) : null;
        var confidence = posterior is null ? answer.Confidence : _model.Calibration?.Confidence[posterior.ExpectedIoU] ?? posterior.ExpectedIoU;
        return new(_queries[query].Id, window, span, presence, confidence, answer.Text)
        {
            RawPresence = _model.Calibration is null ? null : answer.Presence,
            TokenConfidence = answer.Confidence,
            HasPosterior = posterior is not null,
            Saliency = posterior?.Curve((int)(end - start)).Select(share => presence * share).ToArray(),
            PromptDigest = _digests[query],
            Timings = timings,
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _scheduler.RemoveAsync(_stream);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Query {Query} has no answer in window {Window}: {Reason}")]
    private static partial void LogNoAnswer(ILogger logger, string query, TimeRange window, string reason);
}
