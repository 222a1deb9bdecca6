namespace TempSamp.Live.Contracts;

/// <summary>A range of a session in whole milliseconds from its start; the end is exclusive.</summary>
public sealed record MillisecondRange(long StartMs, long EndMs);

/// <summary>When a clip is, in every notation that a consumer needs. Of the cut file once it is ready, of the plan before.</summary>
/// <param name="Clock">Where UTC comes from: <c>arrival</c> or <c>program-date-time</c>.</param>
/// <param name="SessionStartUtc">UTC of the session's start.</param>
/// <param name="StartUtc">UTC of the clip's start.</param>
/// <param name="EndUtc">UTC of the clip's end.</param>
/// <param name="SessionStartMs">The clip's start, milliseconds from the session's start.</param>
/// <param name="SessionEndMs">The clip's end, milliseconds from the session's start.</param>
/// <param name="StartPts">The clip's start in ticks of <paramref name="Timescale"/> from the session's start.</param>
/// <param name="EndPts">The clip's end in ticks.</param>
/// <param name="Timescale">Ticks in a second.</param>
/// <param name="Moment">What the model found, without padding.</param>
/// <param name="Requested">What was to be cut: the moment with padding and limits. A copied clip starts at the key frame before.</param>
public sealed record ClipTime(
    string Clock, DateTimeOffset SessionStartUtc, DateTimeOffset StartUtc, DateTimeOffset EndUtc,
    long SessionStartMs, long SessionEndMs, long StartPts, long EndPts, int Timescale, MillisecondRange Moment, MillisecondRange Requested);

/// <summary>Why a moment was clipped.</summary>
/// <param name="Score">Best presence among the windows, in [0, 1].</param>
/// <param name="Threshold">What the query asks for.</param>
/// <param name="Confidence">Of the best window's span, in [0, 1].</param>
/// <param name="Windows">Every window that saw it.</param>
/// <param name="LatencyMs">How long it took; absent where it is not known, as in a sidecar.</param>
public sealed record Decision(double Score, double Threshold, double Confidence, IReadOnlyList<WindowScore> Windows, Latency? LatencyMs = null);

/// <summary>What one window said.</summary>
/// <param name="StartMs">Start of the window, milliseconds from the session's start.</param>
/// <param name="EndMs">End of the window.</param>
/// <param name="Score">Presence in [0, 1].</param>
/// <param name="Confidence">Of the span, in [0, 1].</param>
/// <param name="Span">The answer on the session's timeline.</param>
/// <param name="Answer">The model's literal answer.</param>
public sealed record WindowScore(long StartMs, long EndMs, double Score, double Confidence, MillisecondRange? Span, string Answer);

/// <summary>Milliseconds on the way from the moment's last frame to the clip.</summary>
/// <param name="OutPointToDetected">From the arrival of the last frame.</param>
/// <param name="DetectedToReady">Until the file was stored and checked; absent before.</param>
public sealed record Latency(long OutPointToDetected, long? DetectedToReady);
