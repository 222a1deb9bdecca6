using System.Text.RegularExpressions;
using TempSamp.Live.Model;
using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding.Tests;

/// <summary>What the engine forces, and what it lets the model write, beside the library's plain greedy decoding.</summary>
public partial class FreeDecodingTests
{
    private const int Seconds = 8;

    [Fact]
    public void Where_the_model_follows_the_template_the_answer_is_that_of_free_decoding()
    {
        var folder = Path.Combine(SharedData.Repository!, new GroundingOptions().ModelDirectory);
        if (!Directory.Exists(folder)) Assert.Skip("No model is bundled with this checkout.");
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = GroundingModel.Load(new() { ModelDirectory = folder });
        using var engine = new GroundingEngine(model, checkEvery: 1);
        string[] queries = ["a goal is scored", "a yellow card is shown", "the players celebrate", "the product is taken out of the box"];
        var following = 0;
        for (var seed = 1; seed <= 4; seed++)
        {
            using var windows = engine.Open(SearchPace.Live(16, 2, 2), queries);
            var pairs = Pairs(model, seed, Seconds);
            windows.Push(pairs);
            foreach (var (query, answer) in queries.Zip(engine.Run([new(windows, queries)])[0].Answers))
            {
                var free = Free(model, pairs, model.Profile.Prompt.SuffixText(model.Profile.Prompt.Span(query)), 24);
                if (!Template().IsMatch(free) || GroundingAnswer.Parse(free) is not { End: <= Seconds }) continue;      // the engine lets no span leave the window
                following++;
                Assert.Equal(free, answer.Text);
            }
        }
        Assert.Equal(16, engine.Counters.Checked);
        Assert.Equal(following, engine.Counters.Following);
        Assert.InRange(following, 1, 16);
    }

    [Fact]
    public void A_thought_is_what_free_decoding_writes()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = TinyModel.Create(style: PromptStyle.Paper);
        string[] queries = ["a goal", "a card"];
        using var windows = model.Engine.Open(SearchPace.Live(8, 2, 2), queries, thinking: true);
        var pairs = TinyModel.Pairs(model, 0, 4);
        windows.Push(pairs);
        model.Engine.Run([new(windows, queries)]);
        foreach (var (query, thought) in queries.Zip(model.Engine.Think(windows.Oldest, queries)))
            Assert.Equal(Free(model, pairs, model.Profile.Prompt.SuffixText(model.Profile.Prompt.SpanWithThought(query)), 512), thought.Text);
    }

    private static string Free(GroundingModel model, FramePair[] pairs, string suffix, int most)
    {
        var grid = model.PairGrid with { Time = pairs.Length };
        var ids = model.Tokenizer.Encode(ChatTemplate.Expand(model.Profile.Prompt.PrefixText + suffix, [], [grid], 4));
        var rows = cat(model.Engine.Encode([.. pairs.Select(p => p.Patches)]), 0);
        var tokens = new TokenGenerator(model.Network).Generate(PromptBatch.Single(ids, grid, 1), rows, null, new() { MaxNewTokens = most, EosTokenIds = model.EosTokenIds })[0];
        return model.Tokenizer.Decode([.. tokens.TakeWhile(t => !model.EosTokenIds.Contains(t))]);
    }

    private static FramePair[] Pairs(GroundingModel model, int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(s => new FramePair(s, [.. Enumerable.Range(0, model.PairGrid.Patches * model.Frames.PatchLength).Select(_ => (float)(random.NextDouble() * 3 - 1.5))]))];
    }

    [GeneratedRegex(@"^<answer>\d\d\.\d to \d\d\.\d</answer>$")]
    private static partial Regex Template();
}
