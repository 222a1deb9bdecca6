using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding.Tests;

public class AnswerTreeTests
{
    private const string Query = "a goal is scored";

    // The probability of each of the 210 answers about 2 s, against the model run from scratch at every fork.
    [Fact]
    public void The_whole_tree_holds_every_answer_with_the_probability_that_the_model_gives_it()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = TinyModel.Create(window: 2);
        var wanted = FromScratch(model, [0, 1]).ToDictionary(s => s.Span, s => s.Probability);
        Assert.Equal(210, wanted.Count);
        Assert.Equal(1, wanted.Values.Sum(), 1e-6);

        var posterior = Tree(model, TreeLimits.Whole, out _).Posterior();
        Assert.All(posterior.Spans, s => Assert.Equal(wanted[s.Span], s.Probability, 1e-4));
        Assert.Equal(wanted.Count(w => w.Value > 2e-4), posterior.Spans.Count(s => s.Probability > 2e-4));
    }

    [Fact]
    public void Serving_reads_few_tokens_and_keeps_what_matters()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = TinyModel.Create(window: 2);
        var whole = Tree(model, TreeLimits.Whole, out var all);
        var some = Tree(model, TreeLimits.Serving, out var few);
        Assert.True(few <= TreeLimits.Serving.Tokens && few < all, $"{few} of {all} tokens");
        Assert.Equal(1, some.Posterior().Spans.Sum(s => s.Probability), 1e-9);
        Assert.InRange(some.Posterior().ExpectedIoU, 0.3 * whole.Posterior().ExpectedIoU, 1);
    }

    [Fact]
    public void An_answer_without_doubt_needs_no_further_pass()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = TinyModel.Create(window: 1);
        var certain = new GroundingModel(model.Network, model.Tokenizer, model.Profile with { AnswerFormat = new(0, 1) }, PreprocessorConfig.Default, model.EosTokenIds, model.Identity);
        var tree = Tree(certain, TreeLimits.Serving, out var tokens);                   // in 1 s without decimals there is one answer
        Assert.Equal(0, tokens);
        Assert.Equal((new AnswerSpan(0, 1), 1.0), (tree.Posterior().Best, tree.Posterior().ExpectedIoU));
    }

    [Fact]
    public void Answers_above_the_gate_have_a_posterior_and_others_have_none()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        foreach (var (from, has) in new[] { (0.0, true), (1.1, false) })
        {
            var gated = new GroundingModel(model.Network, model.Tokenizer, model.Profile, PreprocessorConfig.Default, model.EosTokenIds, model.Identity) { PosteriorFrom = from };
            using var windows = gated.Engine.Open(SearchPace.Live(8, 2, 2), [Query, "a card"]);
            windows.Push(Enumerable.Range(0, 6).Select(s => Pair(gated, s)));
            var answers = gated.Engine.Run([new(windows, [Query, "a card"])])[0].Answers;
            Assert.All(answers, a => Assert.Equal(has, a.Posterior is not null));
            if (!has) continue;
            Assert.All(answers, a => Assert.Contains(a.Posterior!.Spans, s => s.Span == a.Span));
            Assert.All(answers, a => Assert.All(a.Posterior!.Curve(6), p => Assert.InRange(p, 0, 1 + 1e-9)));
        }
    }

    private static AnswerTree Tree(GroundingModel model, TreeLimits limits, out int tokens)
    {
        using var every = new TokenHead(model.Network);
        var pass = new SuffixPass(model.Network, new());
        var seconds = model.Profile.WindowSeconds;
        using var window = new AnchoredWindow(model.Layout, new(model.Network.Config.Text, 1, model.Layout.Length(seconds) + 20_000, model.Network.Type, model.Network.Device));
        model.Engine.Grow([new(window, model.Engine.Encode([.. Enumerable.Range(0, seconds).Select(s => Pair(model, s).Patches)]))]);

        var question = new SpanQuestion(Query, model.SuffixTokens(model.Profile.Prompt.Span(Query)), model.Grammar, seconds, [], 1, 1);
        while (!question.IsDone)
        {
            pass.Read([new(window, question.Pending)], every);
            question.Settle();
        }
        var tree = new AnswerTree(model.Grammar, question, limits);
        tokens = 0;
        for (var rows = tree.Open(); rows.Count > 0; rows = tree.Open())
        {
            tokens += window.Suffixes.Missing(rows);
            pass.Read([new(window, rows)], every);
            tree.Take();
        }
        return tree;
    }

    private static FramePair Pair(GroundingModel model, int second)
    {
        var patches = new float[model.PairGrid.Patches * model.Frames.PatchLength];
        for (var half = 0; half < 2; half++) model.Frames.Scatter(TinyModel.Frame(2 * second + half).Rgb, model.Size, half, patches);
        return new(second, patches);
    }

    private static IEnumerable<WeightedSpan> FromScratch(GroundingModel model, long[] seconds)
    {
        var suffix = model.Profile.Prompt.SuffixText(model.Profile.Prompt.Span(Query));
        return Walk([], 1);

        IEnumerable<WeightedSpan> Walk(int[] choices, double probability)
        {
            var draft = new AnswerDraft(model.Grammar, seconds.Length);
            List<int> said = [.. model.Grammar.Opening, .. draft.Follow()];
            foreach (var choice in choices) said.AddRange(draft.TakeAndFollow(choice));
            if (draft.Span is { } span) return [new(span, probability)];
            var scores = Scratch.Scores(model, seconds, suffix, said);
            var options = draft.Options();
            var total = options.Sum(o => Math.Exp(scores[o]));
            return options.SelectMany(o => Walk([.. choices, o], probability * Math.Exp(scores[o]) / total));
        }
    }
}
