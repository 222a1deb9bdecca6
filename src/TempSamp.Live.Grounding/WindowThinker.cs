using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>Lets the model write freely about a window that was read already, all queries side by side.</summary>
internal sealed class WindowThinker(GroundingModel model, SuffixPass pass) : IDisposable
{
    /// <summary>Most tokens of a thought with its answer.</summary>
    private const int MostTokens = 512;

    private readonly TokenHead _every = new(model.Network);

    /// <summary>Room that a thought needs behind a window.</summary>
    public int Need(string query) => Begin(query).Pending + MostTokens;

    /// <summary>Lets the model reason, then reads the spans from what it wrote. As many queries at a time as the window has room for.</summary>
    /// <returns>For each query the answer, without presence or confidence.</returns>
    /// <exception cref="ModelException">The model's style knows no reasoning.</exception>
    public IReadOnlyList<WindowAnswer> Think(AnchoredWindow window, IReadOnlyList<string> queries)
    {
        var together = Math.Max(1, window.Room / queries.Max(Need));
        return [.. queries.Chunk(together).SelectMany(some => ThinkTogether(window, some))];
    }

    private WindowAnswer[] ThinkTogether(AnchoredWindow window, string[] queries)
    {
        var rows = Array.ConvertAll(queries, Begin);
        var prompts = Array.ConvertAll(rows, r => r.Tokens.Count);
        var open = rows.ToList();
        for (var passes = 0; open.Count > 0 && passes < MostTokens; passes++)
        {
            pass.Read([new(window, open)], _every);
            open.RemoveAll(HasEnded);
            foreach (var row in open) row.Continue(row.Tokens.Count, [Best(row)]);
        }
        window.Scratch = 0;
        return [.. rows.Zip(prompts, (row, prompt) => Answer(row.Tokens.Skip(prompt), window.Pairs) with { Passes = row.Tokens.Count - prompt + 1 })];
    }

    private bool HasEnded(SuffixRow row) => !row.Last.AreNumbers || model.EosTokenIds.Contains(Best(row));

    private static int Best(SuffixRow row) => Array.IndexOf(row.Last.Values, row.Last.Values.Max());

    private WindowAnswer Answer(IEnumerable<int> thought, int seconds)
    {
        var text = model.Tokenizer.Decode([.. thought]);
        return GroundingAnswer.Parse(text) is { } span && span.End <= seconds
            ? new(span, 0, 0, text)
            : new(null, 0, 0, text, "the answer names no span inside the window");
    }

    private SuffixRow Begin(string query) => new(model.SuffixTokens(model.Profile.Prompt.SpanWithThought(query)));

    /// <inheritdoc/>
    public void Dispose() => _every.Dispose();
}
