using System.Globalization;

namespace TempSamp.Live.Trainer;

/// <summary>What can be wrong with a row.</summary>
public enum DatasetFault
{
    /// <summary>It is not in the file's form.</summary>
    Form,

    /// <summary>Its query is empty or too long.</summary>
    Query,

    /// <summary>Its span is no span, ends before it starts, or starts after the video's end.</summary>
    Span,

    /// <summary>Its span ends after the video's end: it is cut there and used.</summary>
    Overrun,

    /// <summary>Its id was there before; the first row is used.</summary>
    Duplicate,

    /// <summary>Its video is missing.</summary>
    Missing,

    /// <summary>Its video cannot be decoded, or is shorter than the row says.</summary>
    Video,
}

/// <summary>Collects what is wrong with a dataset: every problem goes to the log with file, line and reason, the first of each kind also to the screen, and all are counted.</summary>
/// <remarks>Safe to use from several threads.</remarks>
/// <param name="report">Takes a line for people.</param>
/// <param name="log">File that takes every problem; null reports all of them.</param>
public sealed class DatasetProblems(Action<string> report, string? log = null)
{
    /// <summary>Problems of a kind that are shown where there is a log of all.</summary>
    private const int Shown = 5;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<DatasetFault, int> _counts = [];
    private string? _first;

    /// <summary>How many of each kind.</summary>
    public IReadOnlyDictionary<DatasetFault, int> Counts => _counts;

    /// <summary>Takes a problem.</summary>
    /// <param name="file">The annotation file, or the video.</param>
    /// <param name="line">Its line; 0 for a video.</param>
    /// <param name="fault">What kind.</param>
    /// <param name="reason">What is wrong, a sentence that goes on after a colon.</param>
    public void Add(string file, int line, DatasetFault fault, string reason)
    {
        var what = fault == DatasetFault.Overrun ? "is cut" : "is left out";
        var text = line > 0 ? $"{file}, line {line} {what}: {reason}" : $"{file} {what}: {reason}";
        lock (_gate)
        {
            var count = _counts[fault] = _counts.GetValueOrDefault(fault) + 1;
            if (fault != DatasetFault.Overrun) _first ??= text;
            if (log is not null) File.AppendAllText(log, text + "\n");
            if (log is null || count <= Shown) report(text);
        }
    }

    /// <summary>Says how many there were, if any.</summary>
    public void Summarise()
    {
        if (_counts.Count == 0) return;
        var parts = _counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Value} {c.Key.ToString().ToLowerInvariant()}"));
        report($"bad rows: {string.Join(", ", parts)}{(log is null ? "" : $"; all of them in {log}")}");
    }

    /// <summary>Ends a run that wants no bad rows.</summary>
    /// <exception cref="TrainerException">There were some. Spans that were only cut do not count.</exception>
    public void Refuse()
    {
        if (_first is not null)
            throw new TrainerException($"{_first}. {_counts.Where(c => c.Key != DatasetFault.Overrun).Sum(c => c.Value)} rows cannot be used and --bad-rows is stop: mend them, or leave them out with --bad-rows skip.");
    }
}
