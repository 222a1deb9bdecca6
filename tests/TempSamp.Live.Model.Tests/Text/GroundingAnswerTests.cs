using System.Text.Json;
using TempSamp.Live.Testing;

namespace TempSamp.Live.Model.Tests;

public sealed class GroundingAnswerTests
{
    [Theory]
    [InlineData("<answer>12.54 to 17.83</answer>", 12.54, 17.83)]
    [InlineData("<answer> 12.5 and 17 </answer>", 12.5, 17)]
    [InlineData("<answer>12.5 TO 17.8</answer>", 12.5, 17.8)]
    [InlineData("<think>1 to 2</think><answer>3 to 5, 9 to 11</answer>", 9, 11)]
    [InlineData("<answer>1 to 2</answer> no: <answer>20 to 30</answer> 40 to 50", 20, 30)]
    [InlineData("<answer>07.5 to 12.0</answer>", 7.5, 12)]
    [InlineData("<answer>１２.５ to １７.８</answer>", 12.5, 17.8)]
    public void Last_pair_of_the_last_answer_is_read(string text, double start, double end) =>
        Assert.Equal(new AnswerSpan(start, end), GroundingAnswer.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("12.5 to 17.8")]
    [InlineData("<answer>12.5 to 17.8")]
    [InlineData("<answer>none</answer>")]
    [InlineData("<answer>12.5s to 17.8s</answer>")]
    [InlineData("<answer>17.8 to 12.5</answer>")]
    [InlineData("<answer>5 to 5</answer>")]
    [InlineData("<answer>0 to 86400</answer>")]
    [InlineData("<answer>1 to 2</answer><answer>none</answer>")]
    public void Anything_else_is_no_answer(string text) => Assert.Null(GroundingAnswer.Parse(text));

    [Fact]
    public void Reference_answers_are_read_as_published_evaluations_do()
    {
        if (SharedData.Eval is null) Assert.Skip(SharedData.Missing("eval"));
        var rows = File.ReadLines(Path.Combine(SharedData.Eval, "parse", "answers.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToArray();

        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            var text = row.GetProperty("text").GetString()!;
            var span = GroundingAnswer.ParseLenient(text);
            if (!row.GetProperty("usable_span").GetBoolean()) Assert.Null(span);
            else if (span is null) Assert.Contains("<think>", text, StringComparison.Ordinal);
            else Assert.Equal(new AnswerSpan(row.GetProperty("upstream_time_r1")[0].GetDouble(), row.GetProperty("upstream_time_r1")[1].GetDouble()), span);
        });
    }

    [Fact]
    public void Numbers_of_the_reasoning_are_never_the_answer()
    {
        Assert.Null(GroundingAnswer.ParseLenient("<think>from 1 to 2</think><answer>none</answer>"));
        Assert.Null(GroundingAnswer.ParseLenient("<think>from 1 to 2"));
        Assert.Equal(new AnswerSpan(3, 4), GroundingAnswer.ParseLenient("<think>from 1 to 2 <answer>3 to 4"));
    }

    [Theory]
    [InlineData(PromptStyle.Paper, "<answer>7.50 to 18.04</answer>")]
    [InlineData(PromptStyle.Release, "<answer> 7.50 to 18.04 </answer>")]
    [InlineData(PromptStyle.Short, "<answer>07.5 to 18.0</answer>")]
    public void Spans_are_spelt_in_the_model_s_format(PromptStyle style, string expected) =>
        Assert.Equal(expected, GroundingAnswer.Format(new(7.5, 18.04), AnswerFormat.Of(style)));

    [Fact]
    public void What_is_written_is_read_back()
    {
        foreach (var style in Enum.GetValues<PromptStyle>())
            for (var i = 0; i < 200; i++)
            {
                var span = new AnswerSpan(i / 2.0, i / 2.0 + 0.5 + i % 7);
                Assert.Equal(span, GroundingAnswer.Parse(GroundingAnswer.Format(span, AnswerFormat.Of(style))));
            }
    }

    [Theory]
    [InlineData("<think>a</think>\n<answer>1 to 2</answer>", true)]
    [InlineData(" <think></think><answer></answer> ", true)]
    [InlineData("<answer>1 to 2</answer>", false)]
    [InlineData("<think>a</think> so <answer>1 to 2</answer>", false)]
    public void Thought_then_answer_is_recognised(string text, bool expected) => Assert.Equal(expected, GroundingAnswer.IsThoughtAndAnswer(text));

    [Fact]
    public void IoU_is_intersection_over_hull()
    {
        Assert.Equal(0.5, new AnswerSpan(0, 10).IoU(new(0, 5)));
        Assert.Equal(0, new AnswerSpan(0, 1).IoU(new(5, 6)));
        Assert.Equal(1, new AnswerSpan(2, 3).IoU(new(2, 3)));
    }

    [Fact]
    public void Any_text_gives_a_usable_span_or_none()
    {
        var random = new Random(7);
        var scraps = new[] { "<answer>", "</answer>", "<think>", "</think>", "1", "2", ".", " ", " to ", " and ", "TO", "-", "9e9", "99999", "٣", "\ud800", "<", "nan" };
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(random.GetItems(scraps, random.Next(12)));
            foreach (var span in new[] { GroundingAnswer.Parse(text), GroundingAnswer.ParseLenient(text) })
                Assert.True(span is not { } s || (s.Start >= 0 && s.Start < s.End && s.End < GroundingAnswer.MaxSeconds), text);
        }
    }

    [Fact]
    public void Pairs_are_those_of_the_published_expression()
    {
        var random = new Random(8);
        var published = new System.Text.RegularExpressions.Regex(@"(\d+\.?\d*) (to|and) (\d+\.?\d*)");
        var scraps = new[] { "1", "2", "34", ".", ".5", " ", " to ", " and ", "to", "-" };
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(random.GetItems(scraps, random.Next(10)));
            var span = published.Matches(text) is [.., var last]
                && double.Parse(last.Groups[1].Value) is var start && double.Parse(last.Groups[3].Value) is var end && start < end && end < GroundingAnswer.MaxSeconds ? new AnswerSpan(start, end) : (AnswerSpan?)null;
            Assert.Equal(span, GroundingAnswer.ParseLenient(text));
        }
    }

    [Fact]
    public void A_flood_of_digits_is_read_at_once()
    {
        Assert.Null(GroundingAnswer.ParseLenient(new string('1', 200_000)));
        Assert.Null(GroundingAnswer.Parse("<answer>" + new string('1', 200_000) + "</answer>"));
    }
}
