namespace TempSamp.Live.Core;

/// <summary>What the model said of one query in one window.</summary>
/// <param name="QueryId">Which query.</param>
/// <param name="Window">The clip that was looked at.</param>
/// <param name="Span">The span that the answer names, on the session's timeline; null when the answer does not parse.</param>
/// <param name="Presence">Probability in [0, 1] that the event happens in the window at all.</param>
/// <param name="Confidence">Probability of the span's own tokens in [0, 1], geometric mean over its digits.</param>
/// <param name="Answer">The model's literal answer.</param>
public sealed record WindowVerdict(string QueryId, TimeRange Window, TimeRange? Span, double Presence, double Confidence, string Answer);
