namespace TempSamp.Live.Grounding;

/// <summary>Looks at every so many answers whether the model, left alone, would have written the same: decoding under the template is lossless only where it would.</summary>
internal sealed class TemplateCheck(GroundingModel model, SuffixPass pass, EngineCounters counters, int every) : IDisposable
{
    private readonly TokenHead _every = new(model.Network);
    private long _seen;

    /// <summary>Counts an answer, and checks it when it is its turn. The window's scratch room must be free.</summary>
    public void Look(AnchoredWindow window, SpanQuestion question)
    {
        if (question.Fault is not null || every == 0 || _seen++ % every != 0) return;
        var asked = question.Prompt - model.Grammar.Opening.Length;
        int[] prompt = [.. question.Row.Tokens.Take(asked)];
        int[] answer = [.. model.Tokenizer.Encode(question.Answer.Text)];
        var row = new SuffixRow([.. prompt, .. answer[..^1]], scoresFrom: asked - 1);
        pass.Read([new(window, [row])], _every);
        window.Scratch = 0;
        counters.CountCheck(answer.Index().All(a => Best(row.After(asked - 1 + a.Index)) == a.Item));
    }

    private static int Best(TokenScoreRow scores) => Array.IndexOf(scores.Values, scores.Values.Max());

    /// <inheritdoc/>
    public void Dispose() => _every.Dispose();
}
