using TempSamp.Live.Grounding;
using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Benchmarks;

/// <summary>
/// What a program does that calls the model afresh for every query and hop: encodes the whole clip, reads the whole prompt into a new cache, and decodes the answer token by token
/// from the scores of the whole vocabulary. It decodes under the same template, so that both give the same answer.
/// </summary>
internal sealed class NaiveAsker(GroundingModel model)
{
    private readonly TokenHead _every = new(model.Network);

    /// <summary>Asks one query of one clip.</summary>
    /// <param name="seconds">Patches of each second.</param>
    /// <param name="query">What to look for.</param>
    /// <returns>The answer, and the scores that each of its choices was made from.</returns>
    public (string Text, List<TokenScoreRow> Choices) Ask(IReadOnlyList<float[]> seconds, string query)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var (network, grid) = (model.Network, model.PairGrid with { Time = seconds.Count });
        var patches = tensor(seconds.SelectMany(s => s).ToArray(), [(long)seconds.Count * model.PairGrid.Patches, model.Frames.PatchLength], network.Type, network.Device);
        var rows = network.Vision.Forward(patches, [(seconds.Count, grid.Height, grid.Width)]);

        var draft = new AnswerDraft(model.Grammar, seconds.Count);
        var text = ChatTemplate.Expand(model.Profile.Prompt.PrefixText, [], [grid], network.Config.Vision.MergeLength);
        int[] prompt = [.. model.Tokenizer.Encode(text), .. model.SuffixTokens(model.Profile.Prompt.Span(query)), .. model.Grammar.Opening, .. draft.Follow()];
        var positions = new MultimodalPositions(network.Config).Of([prompt], null, [], [grid], [1f]);
        using var cache = new KeyValueCache(network.Config.Text, 1, prompt.Length + model.Grammar.LongestAnswer, network.Type, network.Device);
        var hidden = network.Language.Prefill(
            network.Embed(tensor(Array.ConvertAll(prompt, i => (long)i), [1, prompt.Length], device: network.Device), rows), tensor(positions.Ids, [3, 1, prompt.Length], device: network.Device), null, cache);
        var choices = new List<TokenScoreRow>();
        while (true)
        {
            choices.Add(_every.Scores(hidden[0])[0]);
            var read = draft.Choose(choices[^1]);
            if (draft.Span is not null) return (draft.Text, choices);
            foreach (var token in read)
            {
                var at = tensor(new[] { cache.Length + positions.Deltas[0] }, [1, 1, 1], device: network.Device).expand(3, 1, 1);
                hidden = network.Language.Forward(network.Language.Embedding.forward(tensor(new[] { (long)token }, [1, 1], device: network.Device)), at, null, cache);
                _every.Scores(hidden[0]);
            }
        }
    }
}
