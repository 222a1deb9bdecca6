using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding.Tests;

public class WindowReaderTests
{
    private const int Seconds = 6;
    private static readonly string[] Queries = ["a goal is scored", "a card", "the host shows the price of a product"];

    // Side by side, from encoded pairs and a cache, must equal one query at a time on the whole clip with nothing kept.
    [Theory]
    [InlineData(PromptStyle.Short)]
    [InlineData(PromptStyle.Paper)]
    public void Answers_equal_the_model_run_from_scratch_on_the_clip(PromptStyle style)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var model = TinyModel.Create(style: style);
        var frames = Enumerable.Range(0, 2 * Seconds).Select(s => TinyModel.Frame(s).Rgb).ToArray();
        var reader = new WindowReader(model);
        var rows = reader.Encode([.. frames.Chunk(2).Select(pair => model.Frames.Patches(pair, model.Size).Values)]);

        var answers = reader.Ask(cat(rows, 0), Seconds, Queries);

        Assert.All(Queries.Zip(answers), pair =>
        {
            var (query, answer) = pair;
            Assert.Equal(Presence(model, frames, query), answer.Presence, 1e-4);
            var (text, confidence) = Span(model, frames, query);
            Assert.Equal(text, answer.Text);
            Assert.Equal(confidence, answer.Confidence, 1e-4);
            Assert.Equal(GroundingAnswer.Parse(text), answer.Span);
        });
        Assert.Distinct(answers.Select(a => a.Presence));
    }

    [Fact]
    public void Scores_that_are_no_numbers_are_recorded_as_the_reason()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using (no_grad()) model.Network.Language.Embedding.Weight[7].fill_(float.NaN);
        var answer = Assert.Single(new WindowReader(model).Ask(randn(4, 32), 1, ["a goal"]));
        Assert.Null(answer.Span);
        Assert.Equal(0, answer.Presence);
        Assert.Contains("not numbers", answer.Fault);
    }

    [Fact]
    public void A_thought_without_a_span_is_recorded_as_the_reason()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create(style: PromptStyle.Paper);
        var answer = new WindowReader(model).Think(randn(4, 32), 1, "a goal");
        Assert.Null(answer.Span);
        Assert.Contains("no span", answer.Fault);
    }

    private static double Presence(GroundingModel model, byte[][] frames, string query)
    {
        var prompt = model.Profile.Prompt;
        var scores = Scratch(model, frames, prompt.SuffixText(prompt.Presence(query)), []);
        var (yes, no) = (Math.Exp(scores[model.Tokenizer.TokenId(prompt.Yes)]), Math.Exp(scores[model.Tokenizer.TokenId(prompt.No)]));
        return yes / (yes + no);
    }

    private static (string Text, double Confidence) Span(GroundingModel model, byte[][] frames, string query)
    {
        var prompt = model.Profile.Prompt;
        var grammar = new AnswerGrammar(model.Tokenizer, model.Profile.AnswerFormat);
        var draft = new AnswerDraft(grammar, Seconds);
        List<int> said = [.. grammar.Opening, .. draft.Follow()];
        while (draft.Span is null) said.AddRange(draft.Choose(Scratch(model, frames, prompt.SuffixText(prompt.Span(query)), said)));
        return (draft.Text, draft.Confidence);
    }

    // Scores of the token after the prompt and what was said, all of it read at once.
    private static float[] Scratch(GroundingModel model, byte[][] frames, string suffix, List<int> said)
    {
        using var scope = NewDisposeScope();
        var patches = model.Frames.Video(frames, model.Size);
        var text = ChatTemplate.Expand(model.Profile.Prompt.PrefixText + suffix, [], [patches.Grid], 4);
        int[] ids = [.. model.Tokenizer.Encode(text), .. said];
        var rows = model.Network.Vision.Forward(tensor(patches.Values, [patches.Grid.Patches, 1176]), [(patches.Grid.Time, patches.Grid.Height, patches.Grid.Width)]);
        var positions = new MultimodalPositions(model.Network.Config).Of([ids], null, [], [patches.Grid], [1f]);
        var hidden = model.Network.Language.Forward(model.Network.Embed(tensor(Array.ConvertAll(ids, i => (long)i), [1, ids.Length]), rows), tensor(positions.Ids, [3, 1, ids.Length]));
        return model.Network.Logits(hidden[0, -1]).data<float>().ToArray();
    }
}
