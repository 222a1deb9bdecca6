using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding.Tests;

public class GroundingEngineTests
{
    private static readonly string[] Queries = ["a goal is scored", "a card", "the host shows the price of a product"];

    // Two streams at once, windows that grow and switch, from rows encoded pair by pair: every answer must be that of the model run from scratch on [anchor, now].
    [Theory]
    [InlineData(PromptStyle.Short, 2)]
    [InlineData(PromptStyle.Short, 4)]
    [InlineData(PromptStyle.Paper, 2)]
    public void Every_hop_of_every_stream_answers_as_the_model_run_from_scratch_on_its_clip(PromptStyle style, int phases)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = TinyModel.Create(style: style);
        var pace = SearchPace.Live(window: 8, hop: 2, phases);
        using var first = model.Engine.Open(pace, Queries);
        using var second = model.Engine.Open(pace, Queries[..1]);
        var lengths = new List<int>();
        for (var end = 2; end <= 18; end += 2)
        {
            first.Push(TinyModel.Pairs(model, end - 2, end));
            second.Push(TinyModel.Pairs(model, 100 + end - 2, 100 + end));
            var said = model.Engine.Run([new(first, Queries), new(second, Queries[..1])]);
            lengths.Add((int)(said[0].End - said[0].Start));
            Assert.Equal((end, 100 + end), (said[0].End, said[1].End));
            foreach (var answers in said)
                foreach (var (query, answer) in Queries.Zip(answers.Answers))
                {
                    long[] seconds = [.. Enumerable.Range(0, (int)(answers.End - answers.Start)).Select(i => answers.Start + i)];
                    var (text, confidence, _) = Scratch.Span(model, seconds, query);
                    Assert.Equal(text, answer.Text);
                    Assert.Equal(confidence, answer.Confidence, 1e-4);
                    Assert.Equal(Scratch.Presence(model, seconds, query), answer.Presence, 1e-4);
                    Assert.Equal(GroundingAnswer.Parse(text), answer.Span);
                }
        }
        Assert.Equal(phases == 2 ? [2, 4, 6, 8, 6, 8, 6, 8, 6] : [2, 4, 6, 8, 8, 8, 8, 8, 8], lengths);
    }

    [Fact]
    public void Pairs_encoded_as_they_come_are_the_rows_of_the_whole_clip_to_the_last_bit()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var whole = Scratch.Rows(model, [.. Enumerable.Range(0, 9).Select(s => (long)s)]);
        var apart = new[] { (0, 1), (1, 3), (3, 9) }.SelectMany(p => model.Engine.Encode([.. TinyModel.Pairs(model, p.Item1, p.Item2).Select(f => f.Patches)])).ToArray();
        Assert.Equal(0, (cat(apart, 0) - whole).abs().max().item<float>());
    }

    [Fact]
    public void An_answer_that_holds_takes_one_pass_and_a_new_one_no_more_than_its_digits()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var windows = model.Engine.Open(SearchPace.Live(8, 2, 2), Queries);
        windows.Push(TinyModel.Pairs(model, 0, 4));
        var fresh = model.Engine.Run([new(windows, Queries)])[0].Answers;
        var again = model.Engine.Run([new(windows, Queries)])[0].Answers;
        Assert.All(fresh, a => Assert.InRange(a.Passes, 1, 6));
        Assert.Contains(fresh, a => a.Passes > 1);
        Assert.All(again, a => Assert.Equal(1, a.Passes));
        Assert.Equal(fresh.Select(a => a.Text), again.Select(a => a.Text));
    }

    [Fact]
    public void More_questions_than_a_window_has_room_for_are_asked_in_turns_with_the_same_answers()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create(style: PromptStyle.Paper);
        string[] many = [.. Enumerable.Range(0, 12).Select(i => $"event number {i} of the match")];
        using var windows = model.Engine.Open(SearchPace.Live(8, 2, 2), many);
        windows.Push(TinyModel.Pairs(model, 0, 6));
        var together = model.Engine.Run([new(windows, many)])[0].Answers;
        Assert.True(windows.Oldest.Room < 12 * 300, "the questions fit at once: ask more");
        foreach (var (query, answer) in many.Zip(together))
        {
            var ask = new WindowAsk(windows.Oldest, [query], [new([new(0, 6)])]);
            var alone = Assert.Single(Assert.Single(model.Engine.Ask([ask])));
            Assert.Equal((alone.Text, alone.Presence), (answer.Text, answer.Presence), (a, b) => a.Text == b.Text && Math.Abs(a.Presence - b.Presence) < 1e-5);
        }
    }

    [Fact]
    public void Scores_that_are_no_numbers_are_recorded_as_the_reason()
    {
        using var scope = NewDisposeScope();
        foreach (var wrong in new[] { float.NaN, float.PositiveInfinity })
        {
            using var model = TinyModel.Create();
            using (no_grad()) model.Network.Language.Embedding.Weight[model.Grammar.Digits[3]].fill_(wrong);
            using var windows = model.Engine.Open(SearchPace.Live(8, 2, 2), Queries);
            windows.Push(TinyModel.Pairs(model, 0, 2));
            Assert.All(model.Engine.Run([new(windows, Queries)])[0].Answers, answer =>
            {
                Assert.Null(answer.Span);
                Assert.Equal(0, answer.Presence);
                Assert.Contains("not numbers", answer.Fault);
            });
        }
    }

    [Fact]
    public void A_thought_without_a_span_is_recorded_as_the_reason()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create(style: PromptStyle.Paper);
        using var windows = model.Engine.Open(SearchPace.Live(8, 2, 2), ["a goal"], thinking: true);
        windows.Push(TinyModel.Pairs(model, 0, 2));
        model.Engine.Run([new(windows, ["a goal"])]);
        var answer = Assert.Single(model.Engine.Think(windows.Oldest, ["a goal"]));
        Assert.Null(answer.Span);
        Assert.Contains("no span", answer.Fault);
    }
}
