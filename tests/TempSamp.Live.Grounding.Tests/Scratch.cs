using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding.Tests;

/// <summary>The model run from scratch: the whole clip encoded at once, one query at a time, one token after the other, nothing kept.</summary>
internal static class Scratch
{
    /// <summary>The constrained greedy answer, its confidence, and the scores that each choice was made from.</summary>
    public static (string Text, double Confidence, List<float[]> Choices) Span(GroundingModel model, IReadOnlyList<long> seconds, string query)
    {
        var suffix = model.Profile.Prompt.SuffixText(model.Profile.Prompt.Span(query));
        var draft = new AnswerDraft(model.Grammar, seconds.Count);
        List<int> said = [.. model.Grammar.Opening, .. draft.Follow()];
        var choices = new List<float[]>();
        using var every = new TokenHead(model.Network);
        while (draft.Span is null)
        {
            choices.Add(Scores(model, seconds, suffix, said));
            said.AddRange(draft.Choose(new(every, choices[^1])));
        }
        return (draft.Text, draft.Confidence, choices);
    }

    /// <summary>Probability of yes against no.</summary>
    public static double Presence(GroundingModel model, IReadOnlyList<long> seconds, string query)
    {
        var prompt = model.Profile.Prompt;
        var scores = Scores(model, seconds, prompt.SuffixText(prompt.Presence(query)), []);
        var (yes, no) = (Math.Exp(scores[model.Tokenizer.TokenId(prompt.Yes)]), Math.Exp(scores[model.Tokenizer.TokenId(prompt.No)]));
        return yes / (yes + no);
    }

    /// <summary>Rows of the whole clip, [seconds * tokens, D].</summary>
    public static Tensor Rows(GroundingModel model, IReadOnlyList<long> seconds)
    {
        var patches = model.Frames.Video([.. seconds.SelectMany(s => new[] { TinyModel.Frame(2 * s).Rgb, TinyModel.Frame(2 * s + 1).Rgb })], model.Size);
        return model.Network.Vision.Forward(
            tensor(patches.Values, [patches.Grid.Patches, 1176], model.Network.Type), [(patches.Grid.Time, patches.Grid.Height, patches.Grid.Width)]);
    }

    /// <summary>Scores of the token after the prompt and what was said, all of it read at once.</summary>
    internal static float[] Scores(GroundingModel model, IReadOnlyList<long> seconds, string suffix, List<int> said)
    {
        using var scope = NewDisposeScope();
        var grid = model.PairGrid with { Time = seconds.Count };
        var text = ChatTemplate.Expand(model.Profile.Prompt.PrefixText + suffix, [], [grid], 4);
        int[] ids = [.. model.Tokenizer.Encode(text), .. said];
        var positions = new MultimodalPositions(model.Network.Config).Of([ids], null, [], [grid], [1f]);
        var hidden = model.Network.Language.Forward(
            model.Network.Embed(tensor(Array.ConvertAll(ids, i => (long)i), [1, ids.Length]), Rows(model, seconds)), tensor(positions.Ids, [3, 1, ids.Length]));
        return model.Network.Logits(hidden[0, -1]).to(ScalarType.Float32).data<float>().ToArray();
    }
}
