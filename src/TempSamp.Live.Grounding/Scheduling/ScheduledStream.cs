using TempSamp.Live.Core;

namespace TempSamp.Live.Grounding;

/// <summary>A note for a stream: what the scheduler did to it.</summary>
internal readonly record struct TurnNote(string Kind, string Text);

/// <summary>What a hop came to.</summary>
/// <param name="Answers">What was said; null where a newer hop took its place.</param>
/// <param name="Timings">How long it waited and took.</param>
internal readonly record struct HopOutcome(StreamAnswers? Answers, VerdictTimings Timings);

/// <summary>A stream that was admitted. Its windows belong to the model's thread; everything else to the scheduler's lock.</summary>
internal sealed class ScheduledStream(StreamDemand demand, Func<StreamHop> open)
{
    public StreamDemand Demand { get; set; } = demand;

    public StreamTurn Turn { get; } = new(demand.Stream, demand.Hop);

    public List<FramePair> Pairs { get; } = [];

    public TaskCompletionSource<HopOutcome>? Pending { get; set; }

    public long AskedAt { get; set; }

    public int Skipped { get; set; }

    public Queue<TurnNote> Notes { get; } = [];

    // For the model's thread only.
    private StreamHop? _open;
    private int _opened;

    /// <summary>The windows with more pairs to read; begun anew where a step of the ladder came between.</summary>
    public StreamHop Push(IReadOnlyList<FramePair> pairs, int generation)
    {
        if (_opened != generation) Close();
        (_open, _opened) = (_open ?? open(), generation);
        _open.Windows.Push(pairs);
        return _open;
    }

    /// <summary>Asks other queries from the next hop on.</summary>
    /// <param name="reopen">Opens windows for them.</param>
    /// <param name="change">Makes the windows that are open theirs.</param>
    public void Change(Func<StreamHop> reopen, Func<StreamWindows, StreamHop> change)
    {
        open = reopen;
        if (_open is not null) _open = change(_open.Windows);
    }

    /// <summary>Frees the windows.</summary>
    public void Close()
    {
        _open?.Windows.Dispose();
        _open = null;
    }
}
