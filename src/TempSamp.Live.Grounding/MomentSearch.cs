using Microsoft.Extensions.Logging;
using TempSamp.Live.Core;
using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>A query as the model is asked it.</summary>
internal readonly record struct SearchQuery(string Id, string Text);

/// <summary>One session's search: frames become pairs, and every hop the pairs enter the stream's windows and the oldest one is asked.</summary>
internal sealed partial class MomentSearch : IMomentSearch
{
    private readonly GpuThread _gpu;
    private readonly GroundingEngine _engine;
    private readonly IReadOnlyList<SearchQuery> _queries;
    private readonly SearchPace _pace;
    private readonly bool _thinking;
    private readonly ILogger _log;
    private readonly PairAssembler _pairs;
    private readonly List<FramePair> _waiting = [];         // not handed to the model yet
    private StreamHop? _stream;                             // touched on the model's thread only
    private long? _from;                                    // first second
    private long? _asked;                                   // end of the newest window that was asked about
    private long _end;                                      // end of the newest pair

    public MomentSearch(GroundingModel model, GpuThread gpu, IReadOnlyList<SearchQuery> queries, SearchPace pace, bool thinking, ILogger log)
    {
        (_gpu, _engine, _queries, _pace, _thinking, _log) = (gpu, model.Engine, queries, pace, thinking, log);
        foreach (var query in queries) QueryText.Normalise(query.Text);
        _pairs = new(model);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WindowVerdict>> PushAsync(SampledFrame frame, CancellationToken cancel)
    {
        Take(_pairs.Push(frame));
        return Due ? await AskAsync(cancel) : [];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WindowVerdict>> FinishAsync(CancellationToken cancel)
    {
        Take(_pairs.Flush());
        return _from is not null && _end > (_asked ?? _from) ? await AskAsync(cancel) : [];
    }

    private bool Due => _from is { } from && (_asked is { } asked ? _end - asked >= _pace.Hop : _end - from >= _pace.First);

    private void Take(IReadOnlyList<FramePair> complete)
    {
        if (complete.Count == 0) return;
        _waiting.AddRange(complete);
        if (_from is null || complete[0].Second - _end >= _pace.Window) (_from, _asked) = (complete[0].Second, null);   // nothing of before is seen any more
        _end = complete[^1].Second + 1;
    }

    private async Task<IReadOnlyList<WindowVerdict>> AskAsync(CancellationToken cancel)
    {
        FramePair[] fresh = [.. _waiting];
        _waiting.Clear();
        _asked = _end;
        return await _gpu.RunAsync(() => Ask(fresh), cancel);
    }

    // On the model's thread.
    private IReadOnlyList<WindowVerdict> Ask(FramePair[] fresh)
    {
        string[] texts = [.. _queries.Select(q => q.Text)];
        _stream ??= new(_engine.Open(_pace, texts, _thinking), texts);
        _stream.Windows.Push(fresh);
        var said = _engine.Run([_stream])[0];
        var answers = said.Answers;
        if (_thinking)
            answers = [.. answers.Zip(_engine.Think(_stream.Windows.Oldest, texts), (a, thought) => thought with { Presence = a.Presence, Confidence = a.Confidence })];
        return [.. _queries.Zip(answers, (query, answer) => Verdict(query, TimeRange.FromSeconds(said.Start, said.End), answer))];
    }

    private WindowVerdict Verdict(SearchQuery query, TimeRange window, WindowAnswer answer)
    {
        if (answer.Fault is { } fault) LogNoAnswer(_log, query.Id, window, fault);
        TimeRange? span = answer.Span is { } s ? new(window.Start + MediaTime.FromSeconds(s.Start), window.Start + MediaTime.FromSeconds(s.End)) : null;
        return new(query.Id, window, span, answer.Presence, answer.Confidence, answer.Text);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _gpu.RunAsync(() =>
    {
        _stream?.Windows.Dispose();
        return true;
    }, CancellationToken.None);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Query {Query} has no answer in window {Window}: {Reason}")]
    private static partial void LogNoAnswer(ILogger logger, string query, TimeRange window, string reason);
}
