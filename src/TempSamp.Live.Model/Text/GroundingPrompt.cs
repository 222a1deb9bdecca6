namespace TempSamp.Live.Model;

/// <summary>Whose wording a model was trained with.</summary>
public enum PromptStyle
{
    /// <summary>The TempSamp-R1 paper, appendix E.</summary>
    Paper,

    /// <summary>The paper's released training code.</summary>
    Release,

    /// <summary>As few tokens as possible, for a small model trained on it.</summary>
    Short,
}

/// <summary>
/// Puts a query into words. The video comes first, so that all queries of a window share <see cref="PrefixText"/> and the rows of the video, and each
/// costs only its <see cref="SuffixText"/>.
/// </summary>
/// <param name="style">The wording.</param>
public sealed class GroundingPrompt(PromptStyle style)
{
    private const string Pinpoint = "To accurately pinpoint the event \"{0}\" in the video, determine the precise time period of the event. ";
    private const string Ends = "the start and end times (in seconds, precise to two decimal places) in the format \"start time to end time\" within ";

    /// <summary>The wording.</summary>
    public PromptStyle Style => style;

    /// <summary>What is said before the rows of the video, ending with one placeholder for them.</summary>
    public string PrefixText =>
        (style == PromptStyle.Short ? "" : ChatTemplate.Turn("system", ChatTemplate.DefaultSystem))
        + ChatTemplate.OpenTurn("user") + ChatTokens.VisionStart + ChatTokens.VideoPad;

    /// <summary>What is said after the rows of the video: the question, and the opened turn of the answer.</summary>
    public string SuffixText(string question) => ChatTokens.VisionEnd + question + ChatTemplate.CloseTurn + ChatTemplate.OpenTurn("assistant");

    /// <summary>The answer to <see cref="Presence"/> that says the event happens.</summary>
    public string Yes => style == PromptStyle.Short ? "yes" : "Yes";

    /// <summary>The answer to <see cref="Presence"/> that says it does not.</summary>
    public string No => style == PromptStyle.Short ? "no" : "No";

    /// <summary>Asks when an event happens.</summary>
    /// <exception cref="ModelException">The query is empty or too long.</exception>
    public string Span(string query) => Fill(query, style switch
    {
        PromptStyle.Paper => Pinpoint + $"Provide {Ends}the <answer> </answer> tags. For example: \"12.54 to 17.83\".",
        PromptStyle.Release => Pinpoint + $"Provide {Ends}<answer> </answer> tags. For example: <answer> 12.5 to 17.8 </answer>.",
        _ => "Find: {0}",
    });

    /// <summary>Asks when an event happens, with the reasoning written down first.</summary>
    /// <exception cref="ModelException">The query is empty or too long, or the style knows no reasoning.</exception>
    public string SpanWithThought(string query) => Fill(query, style switch
    {
        PromptStyle.Paper => Pinpoint
            + "Output your thought process within the <think> </think> tags, including analysis with either specific timestamps (xx.xx) or time ranges (xx.xx to xx.xx) in <timestep> </timestep> tags. "
            + $"Then, provide {Ends}the <answer> </answer> tags. For example: \"12.54 to 17.83\".",
        PromptStyle.Short => "Think, then find: {0}",
        _ => throw NoForm("reasoning"),
    });

    /// <summary>Asks whether an event happens at all.</summary>
    /// <exception cref="ModelException">The query is empty or too long.</exception>
    public string Presence(string query) =>
        Fill(query, style == PromptStyle.Short ? "Find: {0}?" : "Does the event \"{0}\" happen in the video? Answer Yes or No.");

    /// <summary>Asks for the highlight timestamps of a sentence and their saliency.</summary>
    /// <exception cref="ModelException">The query is empty or too long, or the style knows no highlights.</exception>
    public string Highlights(string query) => Fill(query, Highlight("Provide the highlight timestamps and its saliency score within the <answer> </answer> tags. "));

    /// <summary>Asks for the highlight timestamps of a sentence and their saliency, with the reasoning written down first.</summary>
    /// <exception cref="ModelException">The query is empty or too long, or the style knows no highlights.</exception>
    public string HighlightsWithThought(string query) => Fill(query, Highlight(
        "Output your thought process within the <think> </think> tags, including analysis with either highlight timestamps. "
        + "Then, provide the highlight timestamps and its saliency score within the <answer> </answer> tags. "));

    private string Highlight(string answer) => style == PromptStyle.Paper
        ? "Please find the highlight contents in the video described by a sentence query, determining the highlight timestamps and its saliency score on a scale from 1 to 5. "
            + answer
            + "The output format should be like: 'The highlight timestamps are in the 82, 84, 86, 88, 90, 92, 94, 96, 98, 100 seconds. "
            + "Their saliency scores are 1.3, 1.7, 1.7, 1.7, 1.7, 1.3, 1.7, 2.3, 2.3, 2.3'. "
            + "Now I will give you the sentence query: '{0}'. Please return the query-based highlight timestamps and salient scores."
        : throw NoForm("highlight");

    private ModelException NoForm(string form) => new($"Prompt style {style} has no {form} form: use a model whose tempsamp.json says promptStyle paper.");

    private static string Fill(string query, string template) => template.Replace("{0}", QueryText.Normalise(query), StringComparison.Ordinal);
}
