using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Grounding;

/// <summary>Rows to read behind one window.</summary>
internal readonly record struct WindowRows(AnchoredWindow Window, IReadOnlyList<SuffixRow> Rows);

/// <summary>Reads whatever all rows of all windows say that was not read yet, in one pass through the model.</summary>
/// <remarks>
/// Weights are used once for all tokens, and the keys of a window once for all its rows. A token's positions go on from its window as if its row were alone and a mask hides
/// the other rows, so each answer equals that of the model run on its own.
/// </remarks>
internal sealed class SuffixPass(QwenModel model, EngineCounters counters)
{
    /// <summary>Tokens in one pass: beyond this many the weights are in use all the time, and the mask of a long window becomes large.</summary>
    private const int MostTokens = 4096;

    /// <summary>Reads them and notes the scores that each row asks for.</summary>
    public void Read(IReadOnlyList<WindowRows> asked, TokenHead head)
    {
        var (part, tokens) = (new List<WindowRows>(), 0);
        foreach (var window in asked)
        {
            var more = window.Window.Suffixes.Missing(window.Rows);
            if (more == 0)
            {
                foreach (var row in window.Rows) window.Window.Suffixes.Enter(row);
                continue;
            }
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
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var (ids, positions, wanted) = (new List<long>(), new List<long>(), new List<long>());
        var (stretches, all) = (new List<Stretch>(), new List<SuffixToken>());
        foreach (var (window, rows) in asked)
        {
            var at = window.Cache.Length + window.Suffixes.Tokens;
            SuffixToken[] fresh = [.. rows.SelectMany(window.Suffixes.Enter)];
            ids.AddRange(fresh.Select(t => (long)t.Id));
            positions.AddRange(fresh.Select(t => window.Next + t.Depth));
            stretches.Add(new(window.Cache, at, fresh.Length, Mask(window, fresh)));
            all.AddRange(fresh);
        }
        counters.CountPass(all.Count);
        wanted.AddRange(all.Index().Where(t => t.Item.IsWanted).Select(t => (long)t.Index));
        var embeds = model.Language.Embedding.forward(tensor(ids.ToArray(), [1, ids.Count], device: model.Device))[0];          // [N, D]
        var where = tensor(positions.ToArray(), [1, positions.Count], device: model.Device).expand(3, -1);
        var hidden = model.Language.Read(embeds, where, stretches).index_select(0, tensor(wanted.ToArray(), device: model.Device));
        var scores = head.Scores(hidden);
        var next = 0;
        foreach (var token in all) token.Read(token.IsWanted ? scores[next++] : null);
    }

    // [n, room]: 0 over what leads to a token, minus infinity over the rest of the scratch room.
    private Tensor Mask(AnchoredWindow window, SuffixToken[] fresh)
    {
        var width = window.Suffixes.Tokens;
        var seen = new float[fresh.Length * width];
        Array.Fill(seen, float.NegativeInfinity);
        foreach (var (i, token) in fresh.Index())
            foreach (var place in token.Seen) seen[i * width + place] = 0;
        return tensor(seen, [fresh.Length, width], model.Type, model.Device);
    }
}
