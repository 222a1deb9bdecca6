namespace TempSamp.Live.Grounding;

/// <summary>Looks at every so many answers whether the model, left alone, would have written the same: decoding under the template is lossless only where it would.</summary>
internal sealed class TemplateCheck(GroundingModel model, SuffixPass pass, EngineCounters counters, int every) : IDisposable
{
    private readonly TokenHead _every = new(model.Network);
    private long _seen;

    /// <summary>Counts an answer, and checks it when it is its turn. The window's scratch room must be free.</summary>
    /// <param name="window">What was asked about.</param>
    /// <param name="question">The question, answered.</param>
    /// <param name="isThere">Whether its event is there, as far as the model says.</param>
    public void Look(AnchoredWindow window, SpanQuestion question, bool isThere)
    {
        if (question.Fault is not null || every == 0 || _seen++ % every != 0) return;
        var asked = question.Prompt.Count - model.Grammar.Opening.Length;
        int[] prompt = [.. question.Prompt.Take(asked)];
        int[] answer = [.. model.Tokenizer.Encode(question.Answer.Text)];
        var row = new SuffixRow([.. prompt, .. answer[..^1]], scoresFrom: asked - 1);
        pass.Read([new(window, [row])], _every);
        window.Suffixes.Clear();
        counters.CountCheck(answer.Index().All(a => Best(row.After(asked - 1 + a.Index)) == a.Item), isThere);
    }

    private static int Best(TokenScoreRow scores) => Array.IndexOf(scores.Values, scores.Values.Max());

    /// <inheritdoc/>
    public void Dispose() => _every.Dispose();
}
