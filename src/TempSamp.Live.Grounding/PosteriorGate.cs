namespace TempSamp.Live.Grounding;

/// <summary>Decides which answers are worth their posterior: those whose event is there at all.</summary>
/// <param name="model">Whose calibration counts.</param>
/// <param name="from">Lowest presence, calibrated where the model is.</param>
/// <param name="limits">How far the trees are read.</param>
internal sealed class PosteriorGate(GroundingModel model, double from, TreeLimits limits)
{
    /// <summary>Most tokens that one query's tree takes behind a window.</summary>
    public int Tokens => limits.Tokens;

    /// <summary>The tree of an answer's alternatives; null where there is no answer or the event is not there.</summary>
    public AnswerTree? Open(SpanQuestion question, WindowAnswer answer) =>
        answer.Fault is null && model.CalibratedPresence(answer.Presence) >= from ? new(model.Grammar, question, limits) : null;
}
