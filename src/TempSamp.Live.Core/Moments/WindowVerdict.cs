namespace TempSamp.Live.Core;

/// <summary>What the model said of one query in one window.</summary>
/// <param name="QueryId">Which query.</param>
/// <param name="Window">The clip that was looked at.</param>
/// <param name="Span">The span that the answer names, on the session's timeline; null when the answer does not parse.</param>
/// <param name="Presence">Probability in [0, 1] that the event happens in the window at all, calibrated where the model brings a calibration.</param>
/// <param name="Confidence">How good the span is, in [0, 1]: its expected IoU with the truth where the span posterior was computed, else the geometric mean over the probabilities of its digits.</param>
/// <param name="Answer">The model's literal answer, or why there is none.</param>
public sealed record WindowVerdict(string QueryId, TimeRange Window, TimeRange? Span, double Presence, double Confidence, string Answer)
{
    /// <summary>Presence as the model gave it, before calibration; null where it is the same.</summary>
    public double? RawPresence { get; init; }

    /// <summary>Geometric mean over the probabilities of the answer's digits, in [0, 1]: what the model thinks of its own spelling.</summary>
    public double TokenConfidence { get; init; }

    /// <summary>Whether the presence opened the gate to the span posterior; false where only the greedy span was read.</summary>
    public bool HasPosterior { get; init; }

    /// <summary>For each second of the window the probability that the event is on, averaged over the second; null where the span posterior was not computed.</summary>
    public IReadOnlyList<double>? Saliency { get; init; }

    /// <summary>Digest of the questions as the model was asked them; empty where nobody said.</summary>
    public string PromptDigest { get; init; } = "";

    /// <summary>How long the answer took.</summary>
    public VerdictTimings Timings { get; init; }
}

/// <summary>How long an answer took, for the whole hop that it came in.</summary>
/// <param name="Waited">From the window's last frame being handed in until the model began.</param>
/// <param name="Took">On the model.</param>
public readonly record struct VerdictTimings(TimeSpan Waited, TimeSpan Took);
