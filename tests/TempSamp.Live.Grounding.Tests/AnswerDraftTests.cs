using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding.Tests;

public class AnswerDraftTests
{
    private static readonly AnswerFormat[] Formats = [new(1, 2), new(2, 1), new(0, 1), new(2, 1, Spaced: true), new(0, 3), new(3, 1)];

    [Fact]
    public void Whatever_the_scores_the_answer_is_a_span_inside_the_window()
    {
        using var model = TinyModel.Create();
        var random = new Random(7);
        foreach (var format in Formats)
            foreach (var window in new[] { 1, 2, 8, 9, 10, 32, 64, 99, 100, 120, 1000 })
                for (var i = 0; i < 20; i++)
                {
                    var (text, span, confidence) = Decode(new(model.Tokenizer, format), window, () => Scores(random));
                    Assert.True(span.Start >= 0 && span.Start < span.End && span.End <= window, $"{text} in {window} s");
                    Assert.InRange(confidence, 1e-12, 1);
                    Assert.Equal(span, GroundingAnswer.Parse(text));
                }
    }

    [Theory]
    [InlineData(1, 2, 32, 3.5, 17)]
    [InlineData(1, 2, 32, 0, 32)]
    [InlineData(1, 2, 8, 7.9, 8)]
    [InlineData(2, 1, 64, 9.05, 12.34)]
    [InlineData(2, 1, 120, 0.07, 119.99)]
    [InlineData(0, 1, 120, 7, 115)]
    public void Every_span_can_be_said(int decimals, int digits, int window, double start, double end)
    {
        using var model = TinyModel.Create();
        var format = new AnswerFormat(decimals, digits);
        var wanted = model.Tokenizer.Encode(GroundingAnswer.Format(new(start, end), format));
        var grammar = new AnswerGrammar(model.Tokenizer, format);
        var draft = new AnswerDraft(grammar, window);
        List<int> said = [.. grammar.Opening, .. draft.Follow()];
        while (draft.Span is null)
        {
            Assert.Equal(wanted[..said.Count], said);
            said.AddRange(draft.Choose(Towards(wanted[said.Count])));
        }
        Assert.Equal(new AnswerSpan(start, end), draft.Span);
        Assert.Equal(1, draft.Confidence, 1e-6);
    }

    [Fact]
    public void Confidence_is_the_geometric_mean_over_open_choices()
    {
        using var model = TinyModel.Create();
        var (_, _, confidence) = Decode(new(model.Tokenizer, new(0, 1)), 2, () => Row(new float[300]));
        Assert.Equal(Math.Sqrt(0.5 * 0.5), confidence, 1e-9);           // 0 or 1, then 1 or 2
    }

    [Fact]
    public void A_guess_goes_on_for_as_long_as_an_answer_may()
    {
        using var model = TinyModel.Create();
        var grammar = new AnswerGrammar(model.Tokenizer, new(1, 2));
        Assert.Equal("03.5 to 17.", Guess(32, "", new(3.5, 17)));
        Assert.Equal("04.5 to 17.", Guess(32, "04", new(3.5, 17)));
        Assert.Equal("18.5 to 1", Guess(32, "18", new(3.5, 17)));               // an end of 17 s would lie before the start
        Assert.Equal("03.5 to 07.", Guess(8, "", new(13.5, 17)));               // in 8 s the first digits leave no choice

        string Guess(int window, string said, AnswerSpan span) =>
            model.Tokenizer.Decode([.. AnswerDraft.Continue(grammar, window, model.Tokenizer.Encode(said), grammar.Spell(span))]);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(0, 2)]
    [InlineData(2, 1)]
    public void A_span_is_spelt_as_the_tokenizer_spells_its_text(int decimals, int digits)
    {
        using var model = TinyModel.Create();
        var format = new AnswerFormat(decimals, digits);
        var grammar = new AnswerGrammar(model.Tokenizer, format);
        foreach (var span in new[] { new AnswerSpan(0, 7), new(3.5, 17.25), new(98, 123) })
            Assert.Equal<IEnumerable<int>>(model.Tokenizer.Encode(GroundingAnswer.Format(span, format)), [.. grammar.Opening, .. grammar.Spell(span), .. grammar.Closing]);
    }

    [Fact]
    public void A_copy_of_an_answer_goes_on_by_itself()
    {
        using var model = TinyModel.Create();
        var grammar = new AnswerGrammar(model.Tokenizer, new(0, 2));
        var draft = new AnswerDraft(grammar, 32);
        draft.Follow();
        draft.TakeAndFollow(grammar.Digits[1]);
        var copy = draft.Copy();
        copy.TakeAndFollow(grammar.Digits[2]);

        draft.TakeAndFollow(grammar.Digits[3]);

        Assert.Equal([12.0, 13.0], new[] { copy, draft }.Select(Finished));

        double Finished(AnswerDraft one)
        {
            for (; one.Span is null; one.TakeAndFollow(one.Options()[0])) ;
            return one.Span.Value.Start;
        }
    }

    private static (string Text, AnswerSpan Span, double Confidence) Decode(AnswerGrammar grammar, int window, Func<TokenScoreRow> scores)
    {
        var draft = new AnswerDraft(grammar, window);
        draft.Follow();
        for (var steps = 0; draft.Span is null; steps++)
        {
            Assert.True(steps < 30, "the answer does not end");
            draft.Choose(scores());
        }
        return (draft.Text, draft.Span.Value, draft.Confidence);
    }

    private static readonly TokenHead Every = new(QwenModel.Create(TinyModel.Config, 1));

    private static TokenScoreRow Row(float[] scores) => new(Every, scores);

    private static TokenScoreRow Scores(Random random) => Row([.. Enumerable.Range(0, 300).Select(_ => (float)(random.NextDouble() * 8 - 4))]);

    private static TokenScoreRow Towards(int token)
    {
        var scores = new float[300];
        scores[token] = 100;
        return Row(scores);
    }
}
