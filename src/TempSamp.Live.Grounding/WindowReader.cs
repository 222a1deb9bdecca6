using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>What the model said of one query in one window.</summary>
/// <param name="Span">Seconds from the window's start; null where there is no answer.</param>
/// <param name="Presence">Probability of "yes" against "no" when asked whether the event happens; 0 where there is no answer.</param>
/// <param name="Confidence">Geometric mean of the probabilities of the answer's chosen tokens.</param>
/// <param name="Text">The literal answer, or why there is none.</param>
/// <param name="Fault">Why there is no answer; null where there is one.</param>
internal sealed record WindowAnswer(AnswerSpan? Span, double Presence, double Confidence, string Text, string? Fault = null);

/// <summary>Shows the model a window of frame pairs and asks it all queries at once. Runs on the model's thread.</summary>
internal sealed class WindowReader(GroundingModel model)
{
    private const int MostThoughtTokens = 512;

    // The first token decides, as in training: a small vocabulary spells the words in several.
    private readonly int _yes = model.Tokenizer.Encode(model.Profile.Prompt.Yes)[0];
    private readonly int _no = model.Tokenizer.Encode(model.Profile.Prompt.No)[0];

    /// <summary>Rows of frame pairs, each computed once and alike in every window that shows it.</summary>
    /// <param name="pairs">Patches of each pair, [h * w, 1176] row-major.</param>
    /// <returns>For each pair [tokens, D], owned by the caller.</returns>
    public Tensor[] Encode(IReadOnlyList<float[]> pairs)
    {
        using var scope = NewDisposeScope();
        var (network, grid) = (model.Network, model.PairGrid);
        var patches = tensor(pairs.SelectMany(p => p).ToArray(), [(long)pairs.Count * grid.Patches, model.Frames.PatchLength], network.Type, network.Device);
        var rows = network.Vision.Forward(patches, [(pairs.Count, grid.Height, grid.Width)]);
        return [.. Enumerable.Range(0, pairs.Count).Select(i => rows.narrow(0, (long)i * model.PairTokens, model.PairTokens).clone().DetachFromDisposeScope())];
    }

    /// <summary>Asks each query for its span and its presence in one pass over the window.</summary>
    /// <param name="rows">[pairs * tokens, D].</param>
    /// <param name="pairs">Seconds that the window lasts.</param>
    /// <param name="queries">What to look for.</param>
    public IReadOnlyList<WindowAnswer> Ask(Tensor rows, int pairs, IReadOnlyList<string> queries)
    {
        using var scope = NewDisposeScope();
        var prompt = model.Profile.Prompt;
        var drafts = queries.Select(_ => new AnswerDraft(model.Grammar, pairs)).ToArray();
        var spans = queries.Select((q, i) => new Lane([.. Suffix(prompt.Span(q)), .. model.Grammar.Opening, .. drafts[i].Follow()])).ToArray();
        var presences = queries.Select(q => new Lane(Suffix(prompt.Presence(q)))).ToArray();
        Lane[] all = [.. spans, .. presences];
        var video = model.PairGrid with { Time = pairs };
        using var prefix = new SharedPrefix(model.Network, Prefix(video), rows, video, all.Sum(l => l.Pending.Count) + queries.Count * LongestAnswer);

        var scores = prefix.Read(all);                                                              // of each lane's next token
        var faults = queries.Select((_, i) => Fault(scores[queries.Count + i])).ToArray();
        var presence = scores[queries.Count..].Select(s => 1 / (1 + Math.Exp(s[_no] - s[_yes]))).ToArray();
        int[] open = [.. Enumerable.Range(0, queries.Count).Where(i => drafts[i].Span is null)];
        while (true)
        {
            foreach (var i in open)
                if ((faults[i] ??= Fault(scores[i])) is null) spans[i].Pending = drafts[i].Choose(scores[i]);
            open = [.. open.Where(i => faults[i] is null && drafts[i].Span is null)];
            if (open.Length == 0) break;
            var next = prefix.Read([.. open.Select(i => spans[i])]);
            foreach (var (i, of) in open.Zip(next)) scores[i] = of;
        }
        return [.. queries.Select((_, i) => faults[i] is { } fault
            ? new WindowAnswer(null, 0, 0, $"no answer: {fault}", fault)
            : new WindowAnswer(GroundingAnswer.Parse(drafts[i].Text), presence[i], drafts[i].Confidence, drafts[i].Text))];
    }

    /// <summary>Lets the model write freely, reasoning first, and reads the span from what it wrote.</summary>
    /// <returns>The answer, without presence or confidence.</returns>
    public WindowAnswer Think(Tensor rows, int pairs, string query)
    {
        using var scope = NewDisposeScope();
        var video = model.PairGrid with { Time = pairs };
        int[] ids = [.. Prefix(video), .. Suffix(model.Profile.Prompt.SpanWithThought(query))];
        var options = new GenerationOptions { MaxNewTokens = MostThoughtTokens, EosTokenIds = model.EosTokenIds };
        var answer = new TokenGenerator(model.Network).Generate(PromptBatch.Single(ids, video, secondsPerGrid: 1), rows, null, options)[0];
        var text = model.Tokenizer.Decode(answer);
        return GroundingAnswer.Parse(text) is { } span && span.End <= pairs
            ? new(span, 0, 0, text)
            : new(null, 0, 0, text, "the answer names no span inside the window");
    }

    private int LongestAnswer => 2 * (model.Grammar.Format.Decimals + 6) + model.Grammar.Middle.Length + 2 * model.Grammar.Point.Length;

    private int[] Prefix(PatchGrid video) =>
        model.Tokenizer.Encode(ChatTemplate.Expand(model.Profile.Prompt.PrefixText, [], [video], model.Network.Config.Vision.MergeLength));

    private int[] Suffix(string question) => model.Tokenizer.Encode(model.Profile.Prompt.SuffixText(question));

    private static string? Fault(float[] scores) => Array.Exists(scores, float.IsNaN) ? "the model's scores are not numbers" : null;
}
