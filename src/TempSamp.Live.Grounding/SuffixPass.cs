using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>Rows to read behind one window.</summary>
internal readonly record struct WindowRows(AnchoredWindow Window, IReadOnlyList<SuffixRow> Rows);

/// <summary>Reads the pending tokens of all rows of all windows in one pass through the model.</summary>
/// <remarks>
/// Weights are used once for all tokens, and the keys of a window once for all its rows. A row's positions go on from its window as if it were alone and a mask hides
/// the other rows, so each answer equals that of the model run on its own.
/// </remarks>
internal sealed class SuffixPass(QwenModel model, EngineCounters counters) : IDisposable
{
    /// <summary>Tokens in one pass: beyond this many the weights are in use all the time, and the mask of a long window becomes large.</summary>
    private const int MostTokens = 4096;

    private readonly Tensor _nothing = zeros([1], model.Type, model.Device).DetachFromDisposeScope();

    /// <summary>Reads them and notes the scores that each row asks for.</summary>
    public void Read(IReadOnlyList<WindowRows> asked, TokenHead head)
    {
        var (part, tokens) = (new List<WindowRows>(), 0);
        foreach (var window in asked)
        {
            var more = window.Rows.Sum(r => r.Pending);
            if (more == 0) continue;
            if (part.Count > 0 && tokens + more > MostTokens)
            {
                ReadTogether(part, head);
                (part, tokens) = ([], 0);
            }
            part.Add(window);
            tokens += more;
        }
        if (part.Count > 0) ReadTogether(part, head);
    }

    private void ReadTogether(List<WindowRows> asked, TokenHead head)
    {
        counters.CountPass();
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var (ids, positions, wanted) = (new List<long>(), new List<long>(), new List<long>());
        var (stretches, readers) = (new List<Stretch>(), new List<(SuffixRow Row, bool Wanted)>());
        foreach (var (window, rows) in asked)
        {
            var (first, at) = (ids.Count, window.Cache.Length + window.Scratch);
            var owners = new List<(SuffixRow Row, int Token)>();
            foreach (var row in rows)
                for (var token = row.Tokens.Count - row.Pending; token < row.Tokens.Count; token++)
                {
                    if (token >= row.ScoresFrom) wanted.Add(ids.Count);
                    readers.Add((row, token >= row.ScoresFrom));
                    ids.Add(row.Tokens[token]);
                    positions.Add(window.Next + row.Start + token);
                    owners.Add((row, token));
                    row.Place(at + ids.Count - 1 - first);
                }
            stretches.Add(new(window.Cache, at, owners.Count, Mask(window, owners)));
            window.Scratch += owners.Count;
        }
        var embeds = model.Language.Embedding.forward(tensor(ids.ToArray(), [1, ids.Count], device: model.Device))[0];          // [N, D]
        var where = tensor(positions.ToArray(), [1, positions.Count], device: model.Device).expand(3, -1);
        var hidden = model.Language.Read(embeds, where, stretches).index_select(0, tensor(wanted.ToArray(), device: model.Device));
        var scores = head.Scores(hidden);
        var next = 0;
        foreach (var (row, isWanted) in readers) row.Score(isWanted ? scores[next++] : null);
    }

    // [n, T]: 0 over the window and over what a token's row holds up to it, minus infinity over the rest of the scratch room.
    private Tensor Mask(AnchoredWindow window, List<(SuffixRow Row, int Token)> owners)
    {
        var (before, width) = (window.Cache.Length, window.Scratch + owners.Count);
        var seen = new float[owners.Count * width];
        Array.Fill(seen, float.NegativeInfinity);
        foreach (var (i, (row, token)) in owners.Index())
            foreach (var place in row.Seen(token)) seen[i * width + place - before] = 0;
        return cat([_nothing.expand(owners.Count, before), tensor(seen, [owners.Count, width], model.Type, model.Device)], 1);
    }

    /// <inheritdoc/>
    public void Dispose() => _nothing.Dispose();
}
