using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>Lets the model write freely about a window that was read already, all queries side by side.</summary>
internal sealed class WindowThinker(GroundingModel model, SuffixPass pass) : IDisposable
{
    /// <summary>Most tokens of a thought with its answer.</summary>
    private const int MostTokens = 512;

    private readonly TokenHead _every = new(model.Network);

    /// <summary>Room that a thought needs behind a window.</summary>
    public int Need(string query) => Begin(query).Length + MostTokens;

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
        var thoughts = Array.ConvertAll(queries, q => new Thought(Begin(q)));
        for (var passes = 0; passes < MostTokens && !thoughts.All(t => t.IsEnded); passes++)
        {
            var open = thoughts.Where(t => !t.IsEnded).Select(t => (Thought: t, Row: new SuffixRow([.. t.Tokens]))).ToList();
            pass.Read([new(window, [.. open.Select(o => o.Row)])], _every);
            foreach (var (thought, row) in open) Continue(thought, row.Last);
        }
        window.Suffixes.Clear();
        return [.. thoughts.Select(t => Answer(t.Said, window.Pairs) with { Passes = t.Said.Count() + 1 })];
    }

    private void Continue(Thought thought, TokenScoreRow scores)
    {
        var best = Array.IndexOf(scores.Values, scores.Values.Max());
        thought.IsEnded = !scores.AreNumbers || model.EosTokenIds.Contains(best);
        if (!thought.IsEnded) thought.Tokens.Add(best);
    }

    private WindowAnswer Answer(IEnumerable<int> thought, int seconds)
    {
        var text = model.Tokenizer.Decode([.. thought]);
        return GroundingAnswer.Parse(text) is { } span && span.End <= seconds
            ? new(span, 0, 0, text)
            : new(null, 0, 0, text, "the answer names no span inside the window");
    }

    private int[] Begin(string query) => model.SuffixTokens(model.Profile.Prompt.SpanWithThought(query));

    private sealed class Thought(int[] prompt)
    {
        public List<int> Tokens { get; } = [.. prompt];

        public IEnumerable<int> Said => Tokens.Skip(prompt.Length);

        public bool IsEnded { get; set; }
    }

    /// <inheritdoc/>
    public void Dispose() => _every.Dispose();
}
