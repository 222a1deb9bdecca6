using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>What the model said of one query in one window.</summary>
/// <param name="Span">Seconds from the window's start; null where there is no answer.</param>
/// <param name="Presence">Probability of "yes" against "no" when asked whether the event happens; 0 where there is no answer.</param>
/// <param name="Confidence">Geometric mean of the probabilities of the answer's chosen tokens.</param>
/// <param name="Text">The literal answer, or why there is none.</param>
/// <param name="Fault">Why there is no answer; null where there is one.</param>
internal sealed record WindowAnswer(AnswerSpan? Span, double Presence, double Confidence, string Text, string? Fault = null)
{
    /// <summary>Passes through the model that the answer took, each of which had to wait for the one before.</summary>
    public int Passes { get; init; }

    /// <summary>What the model thinks of all spans; null where its event is not there, or nobody asked.</summary>
    public SpanPosterior? Posterior { get; init; }

    /// <summary>No answer, and why.</summary>
    public static WindowAnswer Without(string fault) => new(null, 0, 0, $"no answer: {fault}", fault);
}
