namespace TempSamp.Live.Grounding;

/// <summary>Asks whether the event happens at all, and takes the odds of yes against no.</summary>
/// <remarks>The first token decides, as in training: a small vocabulary spells the words in several.</remarks>
internal sealed class PresenceProbe(GroundingModel model) : IWindowProbe
{
    private readonly int _yes = model.Tokenizer.Encode(model.Profile.Prompt.Yes)[0];
    private readonly int _no = model.Tokenizer.Encode(model.Profile.Prompt.No)[0];

    /// <inheritdoc/>
    public IReadOnlyList<int> Choices => [_yes, _no];

    /// <inheritdoc/>
    public IReadOnlyList<SuffixRow> Rows(SpanQuestion question) => [new(model.SuffixTokens(model.Profile.Prompt.Presence(question.Query)))];

    /// <inheritdoc/>
    public WindowAnswer Judge(SpanQuestion question, IReadOnlyList<SuffixRow> rows, WindowAnswer answer)
    {
        var scores = rows[0].Last;
        return scores.AreNumbers
            ? answer with { Presence = 1 / (1 + Math.Exp(scores[_no] - scores[_yes])) }
            : WindowAnswer.Without("the model's scores are not numbers") with { Passes = answer.Passes };
    }
}
