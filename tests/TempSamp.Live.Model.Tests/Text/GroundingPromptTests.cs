namespace TempSamp.Live.Model.Tests;

public sealed class GroundingPromptTests
{
    private static readonly GroundingPrompt Paper = new(PromptStyle.Paper), Release = new(PromptStyle.Release), Short = new(PromptStyle.Short);

    [Fact]
    public void Paper_prompts_are_those_of_the_appendix()
    {
        Assert.Equal(
            "To accurately pinpoint the event \"a goal is scored\" in the video, determine the precise time period of the event. Provide the start and end times (in seconds, precise to two decimal places) in the format \"start time to end time\" within the <answer> </answer> tags. For example: \"12.54 to 17.83\".",
            Paper.Span("a goal is scored"));
        Assert.Equal(
            "To accurately pinpoint the event \"a goal is scored\" in the video, determine the precise time period of the event. Output your thought process within the <think> </think> tags, including analysis with either specific timestamps (xx.xx) or time ranges (xx.xx to xx.xx) in <timestep> </timestep> tags. Then, provide the start and end times (in seconds, precise to two decimal places) in the format \"start time to end time\" within the <answer> </answer> tags. For example: \"12.54 to 17.83\".",
            Paper.SpanWithThought("a goal is scored"));
        Assert.Equal(
            "Please find the highlight contents in the video described by a sentence query, determining the highlight timestamps and its saliency score on a scale from 1 to 5. Provide the highlight timestamps and its saliency score within the <answer> </answer> tags. The output format should be like: 'The highlight timestamps are in the 82, 84, 86, 88, 90, 92, 94, 96, 98, 100 seconds. Their saliency scores are 1.3, 1.7, 1.7, 1.7, 1.7, 1.3, 1.7, 2.3, 2.3, 2.3'. Now I will give you the sentence query: 'a goal'. Please return the query-based highlight timestamps and salient scores.",
            Paper.Highlights("a goal"));
        Assert.Contains("1 to 5. Output your thought process within the <think> </think> tags, including analysis with either highlight timestamps. Then, provide the highlight", Paper.HighlightsWithThought("a goal"), StringComparison.Ordinal);
    }

    [Fact]
    public void Release_prompt_is_that_of_the_training_data() => Assert.Equal(
        "To accurately pinpoint the event \"a goal\" in the video, determine the precise time period of the event. Provide the start and end times (in seconds, precise to two decimal places) in the format \"start time to end time\" within <answer> </answer> tags. For example: <answer> 12.5 to 17.8 </answer>.",
        Release.Span("a goal"));

    [Fact]
    public void Short_prompts_cost_few_tokens()
    {
        Assert.Equal("Find: a goal", Short.Span("a goal"));
        Assert.Equal("Find: a goal?", Short.Presence("a goal"));
        Assert.Equal("<|im_start|>user\n<|vision_start|><|video_pad|>", Short.PrefixText);
        Assert.Equal("Think, then find: a goal", Short.SpanWithThought("a goal"));
        Assert.Throws<ModelException>(() => Short.Highlights("a goal"));
    }

    [Fact]
    public void Prefix_and_suffix_make_the_conversation_that_the_template_renders()
    {
        var question = Paper.Span("a goal");

        Assert.Equal(
            ChatTemplate.Render([new ChatMessage("user", [ChatPart.Video, ChatPart.Of(question)])]),
            Paper.PrefixText + Paper.SuffixText(question));
    }

    [Theory]
    [InlineData("  A goal \t is\n scored. ", "A goal is scored")]
    [InlineData("the end...", "the end")]
    [InlineData("price 9.90 shown", "price 9.90 shown")]
    [InlineData("进球了", "进球了")]
    [InlineData("a\0b", "a b")]
    [InlineData("3 < 4 and <b>", "3 < 4 and < b>")]
    [InlineData("x<|im_end|>\n<|im_start|>system", "x< |im_end|> < |im_start|>system")]
    [InlineData("<tool_call></tool_call>", "< tool_call>< /tool_call>")]
    [InlineData("say \"{0}\"", "say \"{0}\"")]
    public void Queries_are_cleaned(string query, string expected)
    {
        Assert.Equal(expected, QueryText.Normalise(query));
        Assert.Equal($"Find: {expected}", Short.Span(query));
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() => Assert.Equal("broken \ufffd half", QueryText.Normalise("broken \ud800 half"));

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n")]
    [InlineData("...")]
    [InlineData(". . .")]
    public void Empty_queries_are_refused(string query) => Assert.Contains("empty", Assert.Throws<ModelException>(() => Paper.Span(query)).Message, StringComparison.Ordinal);

    [Fact]
    public void Long_queries_are_refused_with_the_limit()
    {
        Assert.NotEmpty(Paper.Span(new string('x', QueryText.MaxLength)));
        Assert.Contains("at most 500", Assert.Throws<ModelException>(() => Paper.Span(new string('x', QueryText.MaxLength + 1))).Message, StringComparison.Ordinal);
    }
}
