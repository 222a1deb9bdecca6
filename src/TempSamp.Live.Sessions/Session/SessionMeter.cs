using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>What a stream has done since it was started, over all of its sessions.</summary>
/// <param name="Frames">Sampled frames that the model was given.</param>
/// <param name="DroppedFrames">Sampled frames dropped because the model was slower than the stream.</param>
/// <param name="Verdicts">Answers, one for each window and query.</param>
/// <param name="BelowThreshold">Answers refused for their presence score.</param>
/// <param name="Unparsed">Answers that name no span.</param>
/// <param name="Detected">Moments settled.</param>
/// <param name="Ready">Clips stored.</param>
/// <param name="Failed">Clips that did not come to be.</param>
public sealed record SessionCounts(long Frames, long DroppedFrames, long Verdicts, long BelowThreshold, long Unparsed, long Detected, long Ready, long Failed)
{
    /// <summary>Why there is no clip, as a short name; null when there is one.</summary>
    public string? NoClipBecause => this switch
    {
        { Ready: > 0 } => null,
        { Failed: > 0 } => "failed",
        { Detected: > 0 } => "being-cut",
        { Frames: 0 } => "no-input",
        { Verdicts: 0 } => "no-window-yet",
        _ when BelowThreshold == Verdicts => "below-threshold",
        _ when BelowThreshold + Unparsed == Verdicts => "unparsed",
        _ => "not-settled",
    };
}

/// <summary>Counts what a stream does, and remembers the newest verdicts. Thread-safe.</summary>
public sealed class SessionMeter
{
    private const int VerdictsKept = 256;

    private readonly Queue<WindowVerdict> _verdicts = [];
    private long _frames, _dropped, _judged, _below, _unparsed, _detected, _ready, _failed;

    /// <summary>The numbers now.</summary>
    public SessionCounts Counts => new(
        Interlocked.Read(ref _frames), Interlocked.Read(ref _dropped), Interlocked.Read(ref _judged), Interlocked.Read(ref _below),
        Interlocked.Read(ref _unparsed), Interlocked.Read(ref _detected), Interlocked.Read(ref _ready), Interlocked.Read(ref _failed));

    /// <summary>The newest verdicts, also the refused ones, oldest first: answers "why is there no clip of this?".</summary>
    public IReadOnlyList<WindowVerdict> RecentVerdicts
    {
        get { lock (_verdicts) return [.. _verdicts]; }
    }

    internal void Frame() => Interlocked.Increment(ref _frames);

    internal void Dropped() => Interlocked.Increment(ref _dropped);

    internal void Detected() => Interlocked.Increment(ref _detected);

    internal void Ready() => Interlocked.Increment(ref _ready);

    internal void Failed() => Interlocked.Increment(ref _failed);

    internal void Judged(WindowVerdict verdict, double threshold)
    {
        Interlocked.Increment(ref _judged);
        if (verdict.Presence < threshold) Interlocked.Increment(ref _below);
        else if (verdict.Span is null) Interlocked.Increment(ref _unparsed);
        lock (_verdicts)
        {
            _verdicts.Enqueue(verdict);
            if (_verdicts.Count > VerdictsKept) _verdicts.Dequeue();
        }
    }
}
